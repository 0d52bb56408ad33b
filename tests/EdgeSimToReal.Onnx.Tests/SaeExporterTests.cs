using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Onnx.Schema;
using Google.Protobuf;

namespace EdgeSimToReal.Onnx.Tests;

/// <summary>What the exported files say of themselves; what they compute is checked in ONNX Runtime by other rooms.</summary>
public sealed class SaeExporterTests
{
    public static TheoryData<string, string> Graphs { get; } = new MatrixTheoryData<string, string>(
        ["tiny", "edge", "edge-pyramid"], [BundleRoles.StructureEncoder, BundleRoles.TextureEncoder, BundleRoles.Generator]);

    [Theory]
    [MemberData(nameof(Graphs))]
    public void File_SaysWhatItIs(string preset, string role)
    {
        SaeConfiguration configuration = SaeConfiguration.Preset(preset);
        ModelProto model = Export(configuration, role);
        Assert.Equal(8, model.IrVersion);
        OperatorSetIdProto import = Assert.Single(model.OpsetImport);
        Assert.Equal(("", 17), (import.Domain, import.Version));
        Assert.NotEmpty(model.DocString);
        Assert.NotEmpty(model.Graph.DocString);
        Assert.All(model.Graph.Input.Concat(model.Graph.Output), value => Assert.NotEmpty(value.DocString));
        Dictionary<string, string> metadata = model.MetadataProps.ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.Equal(role, metadata["edgesim.role"]);
        Assert.Equal(preset, metadata["edgesim.preset"]);
        Assert.Equal(configuration, SaeConfiguration.FromMetadata(metadata
            .Where(pair => pair.Key.StartsWith("edgesim.", StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key["edgesim.".Length..], pair => pair.Value)));
    }

    [Theory]
    [InlineData("tiny", 4, 24)]
    [InlineData("edge", 16, 512)]
    public void InputsAndOutputs_HaveTheirNamesAndDynamicSizes(string preset, int structureChannels, int textureChannels)
    {
        SaeConfiguration configuration = SaeConfiguration.Preset(preset);
        GraphProto encoder = Export(configuration, BundleRoles.StructureEncoder).Graph;
        Assert.Equal(["image: N 3 H W"], Signature(encoder.Input));
        Assert.Equal([$"structure: N {structureChannels} h w"], Signature(encoder.Output));

        GraphProto texture = Export(configuration, BundleRoles.TextureEncoder).Graph;
        Assert.Equal(["image: N 3 H W"], Signature(texture.Input));
        Assert.Equal([$"texture: N {textureChannels}"], Signature(texture.Output));

        // Two noise maps at the structure code's size for each head, two for each doubling after it.
        GraphProto generator = Export(configuration, BundleRoles.Generator).Graph;
        Assert.Equal(
            [
                $"structure: N {structureChannels} h w",
                $"texture: N {textureChannels}",
                "noise.G.HeadResnetBlock0.conv1.noise: 1 1 h w",
                "noise.G.HeadResnetBlock0.conv2.noise: 1 1 h w",
                "noise.G.HeadResnetBlock1.conv1.noise: 1 1 h w",
                "noise.G.HeadResnetBlock1.conv2.noise: 1 1 h w",
                "noise.G.UpsamplingResBlock16.conv1.noise: 1 1 2h 2w",
                "noise.G.UpsamplingResBlock16.conv2.noise: 1 1 2h 2w",
                "noise.G.UpsamplingResBlock32.conv1.noise: 1 1 4h 4w",
                "noise.G.UpsamplingResBlock32.conv2.noise: 1 1 4h 4w",
                "noise.G.UpsamplingResBlock64.conv1.noise: 1 1 8h 8w",
                "noise.G.UpsamplingResBlock64.conv2.noise: 1 1 8h 8w",
            ],
            Signature(generator.Input));
        Assert.Equal(["image: N 3 H W"], Signature(generator.Output));
    }

    [Fact]
    public void ConditionedGenerator_HasOneInputMore_AndSaysSo()
    {
        SaeConfiguration plain = SaeConfiguration.Tiny, conditioned = plain with { LabelClasses = 10 };
        ModelProto model = Export(conditioned, BundleRoles.Generator);
        string[] expected = Signature(Export(plain, BundleRoles.Generator).Graph.Input);
        Assert.Equal([.. expected[..2], "labels: N 10 h w", .. expected[2..]], Signature(model.Graph.Input));
        Assert.Equal("10", Assert.Single(model.MetadataProps, property => property.Key == "edgesim.label_classes").Value);
        Assert.Equal(["image: N 3 H W"], Signature(Export(conditioned, BundleRoles.StructureEncoder).Graph.Input));
        Assert.DoesNotContain(Export(plain, BundleRoles.Generator).MetadataProps, property => property.Key.Contains("label"));
    }

    [Fact]
    public void Pyramid_LeavesTheEncoderAndEntersTheGenerator()
    {
        SaeConfiguration plain = SaeConfiguration.Tiny, pyramid = SaeGolden.TinyPyramid;
        string[] added = ["pyramid.0: N 3 H W", "pyramid.1: N 3 4h 4w", "pyramid.2: N 3 2h 2w", "picture: N 3 H W"];
        GraphProto encoder = Export(pyramid, BundleRoles.StructureEncoder).Graph;
        Assert.Equal(["structure: N 4 h w", .. added], Signature(encoder.Output));
        Assert.Equal(encoder.Output.Select(output => output.Name), SaeExporter.StructureNames(pyramid));
        string[] expected = Signature(Export(plain, BundleRoles.Generator).Graph.Input);
        Assert.Equal([.. expected[..2], .. added, .. expected[2..]], Signature(Export(pyramid, BundleRoles.Generator).Graph.Input));
        Assert.Equal(Signature(Export(plain, BundleRoles.TextureEncoder).Graph.Output),
            Signature(Export(pyramid, BundleRoles.TextureEncoder).Graph.Output));

        // Either without the other.
        Assert.Equal(["structure: N 4 h w", "picture: N 3 H W"],
            Signature(Export(plain with { ColourLevel = 1 }, BundleRoles.StructureEncoder).Graph.Output));
        Assert.Equal(["structure: N 4 h w", .. added[..3]],
            Signature(Export(plain with { PyramidChannels = 3 }, BundleRoles.StructureEncoder).Graph.Output));
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void EveryInitializer_IsReadByANode(string preset, string role)
    {
        GraphProto graph = Export(SaeConfiguration.Preset(preset), role).Graph;
        HashSet<string> read = [.. graph.Node.SelectMany(node => node.Input)];
        Assert.DoesNotContain(graph.Initializer, tensor => !read.Contains(tensor.Name));
        HashSet<string> results = [.. graph.Output.Select(output => output.Name)];
        Assert.DoesNotContain(graph.Node.Where(node => !results.Contains(node.Output[0])), node => !read.Contains(node.Output[0]));
    }

    [Fact]
    public void Generator_HoldsNoWeightThatDependsOnTheTexture()
    {
        // Convolution weights are initialisers: what depends on the texture is one factor per input channel (facts: sae.md §1).
        GraphProto graph = Export(SaeConfiguration.Tiny, BundleRoles.Generator).Graph;
        HashSet<string> initializers = [.. graph.Initializer.Select(tensor => tensor.Name)];
        Assert.All(graph.Node.Where(node => node.OpType is "Conv" or "ConvTranspose"),
            node => Assert.Contains(node.Input[1], initializers));
    }

    private static ModelProto Export(SaeConfiguration configuration, string role)
    {
        SaeWeights weights = new(configuration, SaeGolden.Weights(configuration));
        ModelProto model = role switch
        {
            BundleRoles.StructureEncoder => SaeExporter.StructureEncoder(weights),
            BundleRoles.TextureEncoder => SaeExporter.TextureEncoder(weights),
            _ => SaeExporter.Generator(weights),
        };
        return OnnxFile.Parse(model.ToByteArray(), role);
    }

    private static string[] Signature(IEnumerable<ValueInfoProto> values) =>
        [.. values.Select(value => $"{value.Name}: {string.Join(' ', Shapes.Of(value))}")];
}
