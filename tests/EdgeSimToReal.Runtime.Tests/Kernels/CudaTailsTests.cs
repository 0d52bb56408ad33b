using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Kernels;
using EdgeSimToReal.Runtime.Tests.Support;
using Google.Protobuf;

namespace EdgeSimToReal.Runtime.Tests.Kernels;

/// <summary>The live graph's form for a GPU, its native operators run by their twin, against standard operators.</summary>
public sealed class CudaTailsTests : IDisposable
{
    private const int Width = 80, Height = 48;

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("tiny", true, true)]
    [InlineData("tiny", true, false)]
    [InlineData("tiny-pyramid", true, true)]
    [InlineData("edge-pyramid", true, true)]
    [InlineData("edge-pyramid", false, false)]
    [InlineData("edge", true, true)]
    [InlineData("edge", false, false)]
    public void Live_graph_Equals_the_standard_form(string preset, bool channelsLast, bool noise)
    {
        TwinLibrary.Require();
        ModelBundle bundle = TestModels.Bundle(_folder[preset], SaeGolden.Configuration(preset));
        float[] image = GoldenTensor.Create("image", 3 * Width * Height, 1);
        float[] expected = Run(UpsamplingForm.TransposedConvolution), actual = Run(UpsamplingForm.CudaTails);
        Assert.InRange(GoldenTensor.RelativeL2(actual, expected), 0, 1e-5);

        float[] Run(UpsamplingForm form) => TwinLibrary.Run(Build(bundle, form, channelsLast, noise).ToByteArray(),
            (LiveGraph.InputName, image, [1, 3, Height, Width]));
    }

    [Theory]
    [InlineData("tiny", true)]
    [InlineData("tiny", false)]
    [InlineData("tiny-pyramid", true)]
    public void Between_convolutions_Are_native_operators_alone(string preset, bool channelsLast)
    {
        ModelBundle bundle = TestModels.Bundle(_folder["tiny"], SaeGolden.Configuration(preset));
        GraphProto graph = Build(bundle, UpsamplingForm.CudaTails, channelsLast, noise: true).Graph;
        Assert.DoesNotContain(graph.Node, node => node.OpType is "LeakyRelu" or "Resize");
        // Filters are native; what is left of pads goes before the encoder's first convolutions.
        Assert.Equal(bundle.Configuration.EncoderBlocks.Count, graph.Node.Count(node => node.OpType == "Pad"));
        Assert.DoesNotContain(graph.Node, node => node.Attribute.Any(attribute => attribute.Name == "group" && attribute.I != 1));
        Assert.Equal(channelsLast, graph.Node.Any(node => node.OpType == "Transpose"));
        HashSet<string> read = [.. graph.Node.SelectMany(node => node.Input), .. graph.Output.Select(output => output.Name)];
        Assert.All(graph.Node, node => Assert.Contains(node.Output[0], read));
    }

    [Fact]
    public void Fp16_operators_Take_and_give_fp16()
    {
        TwinLibrary.Require();
        float[] x = GoldenTensor.Create("x", 16 * 9 * 11, 1), bias = GoldenTensor.Create("bias", 16, 1);
        float[] full = Run(half: false), half = Run(half: true);
        Assert.InRange(GoldenTensor.RelativeL2(half, full), 1e-5, 2e-3);

        float[] Run(bool half)
        {
            GraphBuilder graph = new("tails", "");
            string value = In(graph.Input("x", "", 1, 9, 11, 16)), b = In(graph.Initializer("bias", bias, 16));
            value = graph.UpFirDown("fir", value, [1, 2, 1], [2, 2, 1, 1], reflect: true, down: 1, channelsLast: true);
            value = graph.FirTail("firTail", value, b, null, [1, 3, 3, 1], 4, 1, channelsLast: true);
            value = graph.StyledTail("tail", value, b, null, value, channelsLast: true);
            graph.Output("y", "", half ? graph.Node("Cast", "wide", [value], attributes: ("to", 1L)) : value, 1, 9, 11, 16);
            return TwinLibrary.Run(graph.Build("", []).ToByteArray(), ("x", x, [1, 9, 11, 16]));

            string In(string name) => half ? graph.Node("Cast", $"{name}.half", [name], attributes: ("to", 10L)) : name;
        }
    }

    [Fact]
    public void A_GPU_Gets_native_operators_where_the_library_has_them()
    {
        bool built = File.Exists(Path.Combine(SharedFolder.Repository, "build", "kernels", "kernels", "cuda", "kernels.sm_80.ptx"));
        Assert.SkipUnless(built, "The native operators are not built, or without a GPU's.");
        Assert.True(CudaOps.Built());
        CudaSessionOptions session = new() { ChannelsLast = false };
        BakeOptions plain = new BakeOptions(Width, Height) { Noise = false }, options = plain.ForCuda(session, native: true);
        Assert.Equal((UpsamplingForm.CudaTails, false, false), (options.Upsampling, options.ChannelsLast, options.Noise));
        Assert.Equal(plain.ForCuda(session, native: CudaOps.Refusal() is null), plain.ForCuda(session));
    }

    [Fact]
    public void Where_no_driver_takes_them_Standard_operators_serve_and_the_reason_is_told()
    {
        string reason = CudaOps.Refusal("libcuda-that-is-not-there.so.1")!;
        Assert.Contains(CudaOps.Built() ? "libcuda-that-is-not-there" : "build-kernels", reason);
        Assert.Equal(UpsamplingForm.TransposedConvolution, new BakeOptions(Width, Height).ForCuda(new CudaSessionOptions(), native: false).Upsampling);
    }

    public void Dispose() => _folder.Dispose();

    private static ModelProto Build(ModelBundle bundle, UpsamplingForm form, bool channelsLast, bool noise) =>
        LiveGraph.Build(bundle, TestModels.Texture(bundle).Values,
            new BakeOptions(Width, Height) { Noise = noise, Upsampling = form, ChannelsLast = channelsLast });
}
