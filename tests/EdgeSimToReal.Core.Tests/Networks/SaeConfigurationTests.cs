using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;

namespace EdgeSimToReal.Core.Tests.Networks;

public sealed class SaeConfigurationTests
{
    [Fact]
    public void Full_Totals_AreTheReferences()
    {
        Assert.Equal(30_584_872, SaeConfiguration.Full.EncoderParameters().Sum(parameter => parameter.Count));
        Assert.Equal(25_064_743, SaeConfiguration.Full.GeneratorParameters().Sum(parameter => parameter.Count));
    }

    [Fact]
    public void FractionalCapacities_Totals_AreTheReferencesFacesNetwork()
    {
        SaeConfiguration faces = new() { TextureChannels = 1536, Downsamplings = 5, EncoderCapacity = 0.4, GeneratorCapacity = 0.8 };
        Assert.Equal(18.50, Math.Round(faces.EncoderParameters().Sum(parameter => parameter.Count) / 1e6, 2));
        Assert.Equal(19.91, Math.Round(faces.GeneratorParameters().Sum(parameter => parameter.Count) / 1e6, 2));
    }

    [Fact]
    public void Edge_KeysAndShapes_AreTheProbeWeights()
    {
        SafetensorsFile file = SafetensorsFile.Read(SharedFolder.Require("weights", "edge-probe.safetensors"));
        Assert.Equal(SaeConfiguration.Edge, SaeConfiguration.FromMetadata(file.Metadata));
        Assert.Equal(
            file.Tensors.Select(tensor => $"{tensor.Key} {tensor.Value.ShapeText}").Order(),
            SaeConfiguration.Edge.EncoderParameters().Concat(SaeConfiguration.Edge.GeneratorParameters())
                .Select(parameter => $"{parameter.Name} {parameter.ShapeText}").Order());
    }

    [Theory]
    [InlineData("full")]
    [InlineData("edge")]
    [InlineData("edge-pyramid")]
    [InlineData("tiny")]
    public void Preset_RoundTripsThroughMetadata_AndKnowsItsName(string name)
    {
        SaeConfiguration preset = SaeConfiguration.Preset(name);
        preset.Validate();
        Assert.Equal(name, preset.Name);
        Assert.Equal(preset, SaeConfiguration.FromMetadata(preset.ToMetadata()));
        IEnumerable<string> names = preset.EncoderParameters().Concat(preset.GeneratorParameters()).Select(parameter => parameter.Name);
        Assert.Equal(names.Count(), names.Distinct().Count());
        Assert.Equal(preset.NoiseLayers.Select(layer => layer.Name + ".weight"), names.Where(key => key.EndsWith("noise.weight")));
        Assert.Equal(preset.Stride, preset.NoiseLayers[^1].Scale);
    }

    [Fact]
    public void Preset_UnknownName_NamesTheKnownOnes()
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => SaeConfiguration.Preset("huge"));
        Assert.Contains("huge", error.Message);
        Assert.Contains("full, edge, edge-pyramid, tiny", error.Message);
    }

    [Theory]
    [InlineData("structure_channels", "0")]
    [InlineData("texture_channels", "-3")]
    [InlineData("downsamplings", "9")]
    [InlineData("encoder_capacity", "0")]
    [InlineData("encoder_capacity", "NaN")]
    [InlineData("generator_capacity", "1e9")]
    [InlineData("generator_capacity", "0.0001")]
    [InlineData("generator_capacity", "wide")]
    [InlineData("pyramid_channels", "-1")]
    [InlineData("pyramid_channels", "65")]
    [InlineData("colour_level", "-1")]
    [InlineData("colour_level", "4")]
    [InlineData("label_classes", "-1")]
    [InlineData("label_classes", "256")]
    [InlineData("label_classes", "some")]
    public void FromMetadata_BadValue_NamesIt(string key, string value)
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(
            () => SaeConfiguration.FromMetadata(new Dictionary<string, string> { [key] = value }));
        Assert.Contains(key.Replace("_", ""), error.Message.Replace("_", ""), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void LabelClasses_ChangeTheFirstHeadBlocksInputsAndNothingElse()
    {
        SaeConfiguration plain = SaeConfiguration.Edge, conditioned = plain with { LabelClasses = 10 };
        conditioned.Validate();
        Assert.Equal(plain.EncoderParameters().Select(Text), conditioned.EncoderParameters().Select(Text));
        Assert.Equal(
            [
                "G.HeadResnetBlock0.conv1.conv.weight [1, 64, 26, 3, 3]",
                "G.HeadResnetBlock0.conv1.conv.modulation.weight [26, 512]",
                "G.HeadResnetBlock0.conv1.conv.modulation.bias [26]",
                "G.HeadResnetBlock0.skip.Conv.weight [64, 26, 1, 1]",
            ],
            conditioned.GeneratorParameters().Select(Text).Except(plain.GeneratorParameters().Select(Text)));
        Assert.Equal(plain.GeneratorParameters().Select(parameter => parameter.Name),
            conditioned.GeneratorParameters().Select(parameter => parameter.Name));
        // 64x32 cells of ten more inputs, a 3x3 and a 1x1 convolution.
        Assert.Equal(64 * 32 * 10 * 64 * (9 + 1),
            conditioned.LiveMultiplyAccumulates(256, 512) - plain.LiveMultiplyAccumulates(256, 512));

        static string Text(ParameterShape parameter) => $"{parameter.Name} {parameter.ShapeText}";
    }

    [Fact]
    public void LabelClasses_AreInTheMetadata_OnlyWhereThereAreSome()
    {
        SaeConfiguration conditioned = SaeConfiguration.Tiny with { LabelClasses = 16 };
        Assert.Equal("16", conditioned.ToMetadata()["label_classes"]);
        Assert.Equal(conditioned, SaeConfiguration.FromMetadata(conditioned.ToMetadata()));
        Assert.DoesNotContain("label_classes", SaeConfiguration.Tiny.ToMetadata().Keys);
    }

    [Fact]
    public void PyramidAndColours_AddTheirParameters_AndChangeNoOther()
    {
        SaeConfiguration plain = SaeConfiguration.Tiny, pyramid = plain with { PyramidChannels = 3, ColourLevel = 2 };
        pyramid.Validate();
        Assert.Equal(pyramid, SaeConfiguration.FromMetadata(pyramid.ToMetadata()));
        Assert.Empty(plain.ToMetadata().Keys.Intersect(SaeConfiguration.OptionalKeys));
        string[] before = [.. All(plain)], after = [.. All(pyramid)];
        Assert.Empty(before.Except(after));
        Assert.Equal(
            [
                "E.ToPyramid.0.Conv.weight [3, 4, 1, 1]",
                "E.ToPyramid.1.Conv.weight [3, 8, 1, 1]",
                "E.ToPyramid.2.Conv.weight [3, 16, 1, 1]",
                "G.ToColour.bias [1, 12, 1, 1]",
                "G.ToColour.conv.modulation.bias [16]",
                "G.ToColour.conv.modulation.weight [16, 24]",
                "G.ToColour.conv.weight [1, 12, 16, 1, 1]",
                "G.UpsamplingResBlock16.lateral.Conv.weight [16, 3, 1, 1]",
                "G.UpsamplingResBlock32.lateral.Conv.weight [8, 3, 1, 1]",
                "G.UpsamplingResBlock64.lateral.Conv.weight [4, 3, 1, 1]",
            ],
            after.Except(before).Order(StringComparer.Ordinal));

        static IEnumerable<string> All(SaeConfiguration configuration) => configuration.EncoderParameters()
            .Concat(configuration.GeneratorParameters()).Select(parameter => $"{parameter.Name} {parameter.ShapeText}");
    }

    [Fact]
    public void ConditioningSpace_IsTheNamedOne_OfSoManyClasses()
    {
        SaeConfiguration conditioned = SaeConfiguration.Tiny with { LabelClasses = 16 };
        Assert.Same(LabelSpaces.Common16, conditioned.ConditioningSpace("common16", "model"));
        Assert.Null(SaeConfiguration.Tiny.ConditioningSpace("anything", "model"));
        foreach (string? wrong in new[] { null, "Common16", "shared10" })
        {
            EdgeSimException error = Assert.Throws<EdgeSimException>(() => conditioned.ConditioningSpace(wrong, "model"));
            Assert.Contains("'model' takes a label map of 16 classes", error.Message);
            Assert.Contains(wrong is null ? "is not named" : $"is '{wrong}'", error.Message);
            Assert.Contains("common16 (16)", error.Message);
        }
    }

    [Theory]
    [InlineData("full", 120, 256, true)]
    [InlineData("full", 96, 256, true)]
    [InlineData("full", 16, 256, false)]
    [InlineData("edge", 48, 64, true)]
    [InlineData("edge", 64, 72, false)]
    public void CheckImageSize_UnsuitableImage_IsRefused(string preset, int height, int width, bool texture)
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(
            () => SaeConfiguration.Preset(preset).CheckImageSize(height, width, texture));
        Assert.Contains($"{width}x{height}", error.Message);
    }

    [Theory]
    [InlineData("full", 112, 128, true)]
    [InlineData("full", 32, 32, false)]
    [InlineData("edge", 64, 64, true)]
    [InlineData("edge", 16, 16, false)]
    public void CheckImageSize_SuitableImage_Passes(string preset, int height, int width, bool texture) =>
        SaeConfiguration.Preset(preset).CheckImageSize(height, width, texture);
}
