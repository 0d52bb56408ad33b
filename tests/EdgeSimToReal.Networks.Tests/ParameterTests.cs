using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests;

public sealed class ParameterTests
{
    [Fact]
    public void Full_NamesAndShapes_AreTheReferences()
    {
        SaeConfiguration full = SaeConfiguration.Full;
        Assert.Equal(ReferenceKeys.Full.Order(), Lines(full.EncoderParameters().Concat(full.GeneratorParameters())).Order());
    }

    [Fact]
    public void Full_Discriminators_NamesShapesAndTotals_AreTheReferences()
    {
        ImageDiscriminatorConfiguration image = ImageDiscriminatorConfiguration.Full;
        PatchDiscriminatorConfiguration patch = PatchDiscriminatorConfiguration.Full;
        Assert.Equal(ReferenceKeys.Discriminators, Lines(image.Parameters().Concat(patch.Parameters())));
        Assert.Equal(28_859_521, image.Parameters().Sum(parameter => parameter.Count));
        Assert.Equal(24_522_145, patch.Parameters().Sum(parameter => parameter.Count));
        ImageDiscriminatorConfiguration large = image with { CropHeight = 512, CropWidth = 512 };
        Assert.Equal(28_978_241, large.Parameters().Sum(parameter => parameter.Count));
        Assert.Contains("D.stylegan2_D.convs.512x512.conv1.Conv.weight", large.Parameters().Select(parameter => parameter.Name));
    }

    [Theory]
    [InlineData(256, 256, 1, 128, 4, 384, 2048)]
    [InlineData(512, 512, 0.125, 256, 4, 64, 2048)]
    [InlineData(128, 256, 0.25, 32, 1, 192, 512)]
    [InlineData(64, 96, 0.03125, 8, 0.5, 24, 6)]
    public void Discriminators_NamesAndShapes_AreTheConfigurations(
        int height, int width, double capacity, int patchSize, double patchCapacity, int maxChannels, int headWidth)
    {
        ImageDiscriminatorConfiguration image =
            new() { CropHeight = height, CropWidth = width, Capacity = capacity, MaxChannels = 2 * maxChannels };
        PatchDiscriminatorConfiguration patch =
            new() { PatchSize = patchSize, Capacity = patchCapacity, MaxChannels = maxChannels, HeadWidth = headWidth };
        using Discriminators networks = new(image, patch);
        Assert.Equal(Lines(image.Parameters().Concat(patch.Parameters())).Order(), Lines("", networks).Order());
    }

    [Theory]
    [InlineData("full", "E.ToInnerSemantic.0.weight [512, 256, 2, 2]", "E.ToInnerSemantic.3.weight [256, 128, 2, 2]",
        "E.ToInnerSemantic.5.Conv.weight [128, 128, 3, 3]", "E.ToInnerSemantic.6.Conv.weight [16, 128, 1, 1]")]
    [InlineData("edge", "E.ToInnerSemantic.0.weight [128, 64, 2, 2]", "E.ToInnerSemantic.2.Conv.weight [64, 64, 3, 3]",
        "E.ToInnerSemantic.3.Conv.weight [16, 64, 1, 1]")]
    [InlineData("tiny", "E.ToInnerSemantic.0.weight [24, 12, 2, 2]")]
    public void InnerBranch_NamesAndShapes(string preset, params string[] some)
    {
        SaeConfiguration configuration = SaeConfiguration.Preset(preset);
        using InnerSemanticBranch branch = new(configuration, 16);
        string[] lines = [.. Lines(configuration.InnerSemanticParameters(16))];
        Assert.Equal(lines.Order(), Lines("E.ToInnerSemantic.", branch).Order());
        Assert.All(some, line => Assert.Contains(line, lines));
    }

    [Fact]
    public void Configurations_OutOfRange_AreRefused()
    {
        ImageDiscriminatorConfiguration image = ImageDiscriminatorConfiguration.Full;
        PatchDiscriminatorConfiguration patch = PatchDiscriminatorConfiguration.Full;
        Assert.All(new Action[]
        {
            (image with { CropHeight = 250 }).Validate, (image with { CropWidth = 4 }).Validate, (image with { Capacity = 0 }).Validate,
            (image with { Capacity = double.NaN }).Validate, (image with { Capacity = 0.001 }).Validate,
            (image with { MaxChannels = 0 }).Validate,
            (patch with { PatchSize = 100 }).Validate, (patch with { PatchSize = 4 }).Validate, (patch with { Capacity = -1 }).Validate,
            (patch with { Capacity = 0.01 }).Validate, (patch with { MaxChannels = 0 }).Validate,
            (patch with { HeadWidth = 0 }).Validate, (patch with { HeadWidth = 65 }).Validate,
            () => _ = new InnerSemanticBranch(SaeConfiguration.Tiny with { Downsamplings = 1 }, 16),
        }, action => Assert.NotEmpty(Assert.Throws<EdgeSimException>(action).Message));
    }

    [Theory]
    [InlineData("full")]
    [InlineData("edge")]
    [InlineData("tiny")]
    public void Modules_NamesAndShapes_AreTheConfigurations(string preset)
    {
        SaeConfiguration configuration = SaeConfiguration.Preset(preset);
        using Encoder encoder = new(configuration);
        Assert.Equal(Lines(configuration.EncoderParameters()).Order(), Lines("E.", encoder).Order());
        using Generator generator = new(configuration);
        Assert.Equal(Lines(configuration.GeneratorParameters()).Order(), Lines("G.", generator).Order());
    }

    [Fact]
    public void Full_Modules_HaveTheReferencesTotals()
    {
        using Encoder encoder = new(SaeConfiguration.Full);
        Assert.Equal(30_584_872, encoder.parameters().Sum(parameter => parameter.numel()));
        using Generator generator = new(SaeConfiguration.Full);
        Assert.Equal(25_064_743, generator.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void Initialisation_FollowsTheReference()
    {
        using SwappingAutoencoder networks = new(SaeConfiguration.Tiny);
        using IDisposable scope = NewDisposeScope();
        foreach ((string name, var parameter) in networks.named_parameters())
        {
            if (name.EndsWith("modulation.bias"))
                Assert.True(parameter.eq(1).all().item<bool>(), name);
            else if (name.EndsWith("bias") || name.EndsWith("noise.weight"))
                Assert.True(parameter.eq(0).all().item<bool>(), name);
            else if (parameter.numel() > 500)
                Assert.InRange(parameter.std().item<float>(), 0.85f, 1.15f);
        }
    }

    private static IEnumerable<string> Lines(IEnumerable<ParameterShape> parameters) =>
        parameters.Select(parameter => $"{parameter.Name} {parameter.ShapeText}");

    private static IEnumerable<string> Lines(string prefix, nn.Module module) =>
        module.named_parameters().Select(parameter => $"{prefix}{parameter.name} [{string.Join(", ", parameter.parameter.shape)}]");
}
