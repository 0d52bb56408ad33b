using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Training.Interpreting;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace EdgeSimToReal.Training.Tests.Interpreting;

/// <summary>Networks of others and our own exports: interpreted in TorchSharp against ONNX Runtime.</summary>
public sealed class OnnxNetworkParityTests : IDisposable
{
    private const double MaxRelative = 1e-5;

    private readonly IDisposable _scope = NewDisposeScope();
    private readonly IDisposable _gradients = no_grad();

    public void Dispose()
    {
        _gradients.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData("sinet.onnx", 1024, 512)]
    [InlineData("c3net.onnx", 1024, 512)]
    [InlineData("c3netv2.onnx", 1024, 512)]
    [InlineData("dicenet-1.75-cityscapes-512x256.onnx", 512, 256)]
    [InlineData("dicenet-1.75-cityscapes-1024x512.onnx", 1024, 512)]
    public void Teachers_PhotographAndSimulatedFrame_AgreeWithOnnxRuntime(string file, int width, int height)
    {
        string path = SharedFolder.Require("weights", "teachers", file);
        using OnnxNetwork network = OnnxNetwork.Load(path);
        using OnnxGraph graph = new(OnnxFile.ParseAny(File.ReadAllBytes(path), path));
        foreach (string picture in Pictures())
        {
            Tensor image = Resized(Image(picture), width, height);
            Tensor actual = network.Forward(image);
            (long[] shape, float[] expected) = graph.Run((network.Inputs[0], image));
            Compare($"{file} on {Path.GetFileName(picture)}", actual, shape, expected);
        }
    }

    private static string[] Pictures() =>
    [
        SharedFolder.Require("data", "real-camvid11", "val", "images", "0016E5_07959.jpg"),
        SharedFolder.Require("data", "sim-carla23", "val", "images", "002275.jpg"),
    ];

    // [1, 3, H, W], RGB in [0, 1].
    private static Tensor Image(string path)
    {
        Frame frame = ImageFile.Read(path);
        byte[] bgra = frame.Bgra;
        float[] rgb = new float[3 * frame.PixelCount];
        for (int i = 0; i < frame.PixelCount; i++)
        {
            for (int channel = 0; channel < 3; channel++)
                rgb[(channel * frame.PixelCount) + i] = bgra[(4 * i) + 2 - channel] / 255f;
        }
        return tensor(rgb, [1, 3, frame.Height, frame.Width]);
    }

    private static Tensor Resized(Tensor image, int width, int height) =>
        F.interpolate(image, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);

    private static void Compare(string what, Tensor actual, long[] shape, float[] expected)
    {
        Assert.Equal(shape, actual.shape);
        double relative = GoldenTensor.RelativeL2(actual.contiguous().data<float>().ToArray(), expected);
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: relative L2 {relative:E2}");
        Assert.True(relative <= MaxRelative, $"{what}: relative L2 {relative:E2}.");
    }
}
