using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Kernels;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Tests.Support;
using EdgeSimToReal.Runtime.Textures;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Tests.Kernels;

/// <summary>Live graphs in bfloat16 against the same ones in standard operators, at every instruction set that the processor has.</summary>
[Collection(nameof(KernelLevelCollection))]
public sealed class Bf16LiveGraphTests : IDisposable
{
    // Eight binary places, and what some dozen layers make of them.
    private const double RelativeL2 = 0.02;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Levels { get; } = new MatrixTheoryData<string, string>(
        ["tiles", "scalar", "avx2", "avx512", "avx512_bf16", "amx"], ["tiny", "tiny-pyramid"]);

    public void Dispose()
    {
        Bf16Support.TrySetLevel(null);
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void Every_level_Computes_the_standard_graph(string level, string preset)
    {
        KernelLibrary.UseBf16Level(level);
        ModelBundle bundle = TestModels.Bundle(_folder["bundle"], SaeGolden.Configuration(preset));
        float[] image = GoldenTensor.Create("image", 3 * 64 * 96, 1);
        (float[] expected, float[] actual) = Both(bundle, image, new BakeOptions(96, 64));
        Assert.InRange(GoldenTensor.RelativeL2(actual, expected), 1e-5, RelativeL2);
    }

    [Theory]
    [InlineData("tiny", true, 32, 16)]
    [InlineData("tiny", false, 112, 48)]
    [InlineData("edge-pyramid", true, 32, 16)]
    [InlineData("edge-pyramid", false, 112, 48)]
    public void Other_sizes_and_no_noise_Agree_too(string preset, bool noise, int width, int height)
    {
        KernelLibrary.UseBf16Level(null);
        ModelBundle bundle = TestModels.Bundle(_folder["bundle"], SaeGolden.Configuration(preset));
        float[] image = GoldenTensor.Create("image", 3 * width * height, 1);
        (float[] expected, float[] actual) = Both(bundle, image, new BakeOptions(width, height) { Noise = noise });
        Assert.InRange(GoldenTensor.RelativeL2(actual, expected), 1e-5, RelativeL2);
    }

    [Fact]
    public void Label_conditioned_graphs_Agree()
    {
        KernelLibrary.UseBf16Level(null);
        ModelBundle bundle = TestModels.ConditionedBundle(_folder["conditioned"], LabelSpaces.Common16);
        int stride = bundle.Configuration.Stride;
        float[] image = GoldenTensor.Create("image", 3 * 64 * 96, 1);
        float[] labels = GoldenTensor.Create("labels", 16 * (64 / stride) * (96 / stride), 0.5, 0.5);
        (float[] expected, float[] actual) = Both(bundle, image, new BakeOptions(96, 64),
            (LiveGraph.LabelsName, labels, [1, 16, 64 / stride, 96 / stride]));
        Assert.InRange(GoldenTensor.RelativeL2(actual, expected), 1e-5, RelativeL2);
        // And they do have a say.
        (_, float[] without) = Both(bundle, image, new BakeOptions(96, 64),
            (LiveGraph.LabelsName, new float[labels.Length], [1, 16, 64 / stride, 96 / stride]));
        Assert.True(GoldenTensor.RelativeL2(without, actual) > 2 * RelativeL2);
    }

    [Theory]
    [InlineData("tiny")]
    [InlineData("edge-pyramid")]
    public void One_and_two_threads_Give_the_same_bits(string preset)
    {
        KernelLibrary.UseBf16Level(null);
        ModelBundle bundle = TestModels.Bundle(_folder["bundle"], SaeGolden.Configuration(preset));
        BakedGraph graph = new StyleBaker(null).Bake(bundle, TestModels.Texture(bundle), new BakeOptions(96, 64) { Precision = LivePrecision.Bf16 });
        float[] image = GoldenTensor.Create("image", 3 * 64 * 96, 1);
        float[][] results = [.. new[] { 1, 2 }.Select(threads =>
        {
            using LiveSession session = new(graph, threads);
            image.CopyTo(session.Input, 0);
            session.Run();
            return session.Output;
        })];
        Assert.Equal(results[0], results[1]);
    }

    [Theory]
    [InlineData("day")]
    [InlineData("dusk")]
    public void Shipped_model_on_recorded_frames_Stays_within_45_dB(string texture)
    {
        KernelLibrary.UseBf16Level(null);
        ModelBundle bundle = ModelBundle.Load(Path.Combine(SharedFolder.Repository, "models", "edge"));
        string[] folders = [SharedFolder.Require("data", "sim-carla23"), SharedFolder.Require("data", "real-camvid11")];
        BakeOptions options = new(512, 256);
        StyleBaker baker = new(null);
        using LiveTranslator fp32 = Translator(options), bf16 = Translator(options with { Precision = LivePrecision.Bf16 });
        ImageParity worst = new(double.PositiveInfinity, double.PositiveInfinity);
        int frames = 0;
        foreach (string path in folders.SelectMany(folder => Pictures(folder, 2)))
        {
            Frame frame = ImageFile.Read(path);
            byte[] expected = fp32.Translate(frame, out _).Bgra, actual = bf16.Translate(frame, out _).Bgra;
            worst = worst.Worse(ImageParity.Of(Planes(actual), Planes(expected), frame.Width, frame.Height));
            frames++;
        }
        TestContext.Current.SendDiagnosticMessage($"bf16 against fp32, edge, {texture}, {frames} frames: {worst}");
        Assert.Equal(4, frames);
        Assert.True(worst is { Psnr: >= 45, WorstBlock: >= 35 }, worst.ToString());

        LiveTranslator Translator(BakeOptions form) => new(baker.Bake(bundle, bundle.Texture(texture), form), FitPolicy.Stretch, "test", 2);
    }

    [Theory]
    [InlineData("x", "input 'x' has shape [1, 4, 4, 5], expected [N, H, W, 3]")]
    [InlineData("noise", "input 'noise' has shape [1, 1, 4, 5], expected [1, 1, 4, 4]")]
    [InlineData("skip", "input 'skip' has neither the output's height and width nor half of them")]
    [InlineData("weight", "input 'weight' has shape [2, 3, 3, 1], expected [2, 3, 3, 3]")]
    [InlineData("even", "the kernel's size must be odd")]
    [InlineData("reflect", "input 'x' is too small for the kernel or the padding")]
    public void Convolution_Refuses_what_does_not_fit(string wrong, string message)
    {
        KernelLibrary.UseBf16Level(null);
        GraphBuilder graph = new("convolution", "");
        int channels = wrong == "x" ? 5 : 3, size = wrong == "even" ? 2 : 3, across = wrong == "weight" ? 1 : size, pad = wrong == "reflect" ? 4 : 1;
        string x = graph.Bf16Entry("x16", graph.Input("x", "", 1, "C", "H", "W"));
        string skip = graph.Bf16Entry("skip16", graph.Input("skip", "", 1, "D", "I", "J"));
        Bf16Convolution convolution = new(graph.Initializer("weight", new float[2 * 3 * size * across], 2, 3, size, across), null)
        {
            Pads = [pad, pad, pad, pad],
            Reflect = wrong == "reflect",
            Noise = graph.Input("noise", "", 1, 1, "K", "L"),
            Skip = skip,
        };
        graph.Output("y", "", graph.Bf16Exit("planes", graph.Bf16Convolution("node", x, convolution)), 1, 2, "M", "O");
        int noiseWidth = wrong == "noise" ? 5 : 4, skipWidth = wrong == "skip" ? 3 : 4;
        var error = Assert.Throws<OnnxRuntimeException>(() => KernelLibrary.Run(graph, 1, ("x", new float[channels * 16], [1, channels, 4, 4]),
            ("skip", new float[2 * 4 * skipWidth], [1, 2, 4, skipWidth]), ("noise", new float[4 * noiseWidth], [1, 1, 4, noiseWidth])));
        Assert.Contains("edgesim.Bf16Convolution: " + message, error.Message, StringComparison.Ordinal);
    }

    private static (float[] Expected, float[] Actual) Both(ModelBundle bundle, float[] image, BakeOptions options,
        params (string Name, float[] Values, long[] Shape)[] more)
    {
        TextureCode texture = TestModels.Texture(bundle);
        options = options with { Upsampling = UpsamplingForm.TransposedConvolution };
        float[][] results = [.. new[] { LivePrecision.Fp32, LivePrecision.Bf16 }.Select(precision =>
        {
            using OrtGraph graph = new(LiveGraph.Build(bundle, texture.Values, options with { Precision = precision }).ToByteArray(), "bf16");
            return graph.Run([(LiveGraph.InputName, [1, 3, options.Height, options.Width], image),
                .. more.Select(input => (input.Name, input.Shape, input.Values))]);
        })];
        return (results[0], results[1]);
    }

    private static IEnumerable<string> Pictures(string folder, int count)
    {
        string[] all = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => path.Contains("/images/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        return Enumerable.Range(0, count).Select(i => all[i * all.Length / count]);
    }

    // Planes in [-1, 1] of a picture's bytes.
    private static float[] Planes(byte[] bgra) =>
        [.. Enumerable.Range(0, 3).SelectMany(plane => bgra.Where((_, i) => i % 4 == plane)).Select(value => (value / 127.5f) - 1)];
}
