using System.Text.Json;
using EdgeSimToReal.Core;
using EdgeSimToReal.Training.Configuration;
using EdgeSimToReal.Training.Lcsae;

namespace EdgeSimToReal.Training.Tests.Lcsae;

public sealed class LcsaeConfigurationTests
{
    [Fact]
    public void Defaults_AreTheReports()
    {
        LcsaeConfiguration paper = new();
        Assert.Equal((8, 256, 256, 5_000_000L), (paper.BatchSize, paper.CropHeight, paper.CropWidth, paper.Images));
        Assert.Equal((0.002, 0.0, 0.99), (paper.LearningRate, paper.Beta1, paper.Beta2));
        Assert.Equal((2048, 8, 16), (paper.Network.TextureChannels, paper.Network.StructureChannels, paper.Network.Stride));
        ObjectiveWeights weights = paper.Weights;
        Assert.Equal((1.0, 0.5, 0.5, 1.0), (weights.Reconstruction, weights.GeneratorReconstruction, weights.GeneratorHybrid, weights.GeneratorPatch));
        Assert.Equal((10.0, 1.0, 16), (weights.ImageR1, weights.PatchR1, weights.R1Interval));
        Assert.Equal((128, 8), (paper.Discriminators.PatchSize, paper.Discriminators.PatchesPerImage));
        Assert.Equal("common16", paper.LabelSpace);
        // 16 images a half step, both counted: 156,250 pairs.
        Assert.Equal(156_250, paper.Steps);
        Assert.Equal(0, weights.FeatureMatching);
        Assert.False(paper.Outer.Augmentation.IsActive);
    }

    [Fact]
    public void AuthorsR1_IsTheMeanOverImagesAndPatchSetsTogether()
    {
        // With N = 8: 16 images with 10/2·|g|², 8 patch sets with 2·1/4·(|g|² + |g|²), all 24 averaged.
        const double image = 3, reference = 5, target = 7;
        double together = ((16 * 5 * image) + (8 * 2 * 0.25 * (reference + target))) / 24;
        ObjectiveWeights weights = ObjectiveWeights.AuthorCode;
        Assert.Equal(together, (weights.ImageR1 / 2 * image) + (weights.PatchR1 / 4 * (reference + target)), 1e-12);
    }

    [Fact]
    public void Rate_FallsOverTheLastShare_AndTheOuterLossRises()
    {
        LcsaeConfiguration configuration = new() { Images = 100 * 32, FallingShare = 0.4, Outer = new OuterOptions { RampSteps = 10 } };
        Assert.Equal(100, configuration.Steps);
        Assert.Equal(0.002, configuration.RateAt(60));
        Assert.Equal(0.001, configuration.RateAt(80), 1e-12);
        Assert.Equal(0.002 / 40, configuration.RateAt(99), 1e-12);
        Assert.Equal((0.1, 1.0, 1.0), (configuration.OuterShareAt(0), configuration.OuterShareAt(9), configuration.OuterShareAt(50)));
        Assert.Equal(0.002, new LcsaeConfiguration().RateAt(156_249));
    }

    [Fact]
    public void Json_HoldsEverything()
    {
        LcsaeConfiguration configuration = LcsaeConfiguration.EdgeSmallData with
        {
            Mode = LcsaeMode.Sim2Real,
            Semantics = new SemanticOptions { ClassWeighting = ClassWeighting.InverseFrequency, Dice = 0.5, Ignore = ["sky"] },
            Simulated = [new() { Path = "frames", Space = "carla23", Weight = 2 }],
        };
        string json = JsonSerializer.Serialize(configuration, ConfigurationJson.Options);
        LcsaeConfiguration read = JsonSerializer.Deserialize<LcsaeConfiguration>(json, ConfigurationJson.Options)!;
        Assert.Equal(json, JsonSerializer.Serialize(read, ConfigurationJson.Options));
        Assert.Contains("\"mode\": \"sim2real\"", json, StringComparison.Ordinal);
        Assert.Equal(configuration.Network, read.Network);
        Assert.Equal(configuration.Weights, read.Weights);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<LcsaeConfiguration>("{\"batchsize\": 3}", ConfigurationJson.Options));
    }

    [Theory]
    [InlineData("paper")]
    [InlineData("published-sae")]
    [InlineData("author-code")]
    [InlineData("small-data")]
    public void NamedWeights_AreValid(string name) => ObjectiveWeights.Named(name).Validate();

    [Fact]
    public void AWrongMode_IsToldTheNamesThatAreRead()
    {
        ConfigurationDocument<LcsaeConfiguration> document = new(new LcsaeConfiguration());
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => document.Set("mode=gan"));
        foreach (string name in new[] { "sae", "sim2real", "lcsae" })
        {
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
            document.Set($"mode={name}");
        }
    }
}
