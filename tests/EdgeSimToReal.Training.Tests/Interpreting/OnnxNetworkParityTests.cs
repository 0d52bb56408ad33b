using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Networks;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
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

    [Theory]
    [InlineData(224, 224)]
    [InlineData(96, 160)]
    public void ResNet18_EveryTap_AgreesWithOnnxRuntime(int height, int width)
    {
        // ONNX Runtime takes the file's own size alone: the sizes are freed, and the taps become outputs.
        string path = Path.Combine(AppContext.BaseDirectory, ResNet18File.Name);
        string[] taps = [.. new[] { 253, 283, 315, 347, 393 }.Select(number => $"ReLU{number}_Output_0")];
        ModelProto model = OnnxFile.ParseAny(File.ReadAllBytes(path), path);
        model.Graph.Output.Clear();
        model.Graph.ValueInfo.Clear();
        model.Graph.Output.AddRange(taps.Select(tap => new ValueInfoProto
        {
            Name = tap,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } },
        }));
        ValueInfoProto input = model.Graph.Input.Single(value => value.Name == "Input247");
        input.Type.TensorType.Shape.Dim[2] = new TensorShapeProto.Types.Dimension { DimParam = "height" };
        input.Type.TensorType.Shape.Dim[3] = new TensorShapeProto.Types.Dimension { DimParam = "width" };
        KeepUntil(model, taps[^1]);
        using OnnxGraph graph = new(model);
        using ResNet18Features features = ResNet18Features.Load();

        Tensor image = Resized(Image(Pictures()[0]), width, height);
        IReadOnlyList<Tensor> maps = features.Forward((image * 2) - 1, 5);
        Tensor planes = (image.flip(1) * 255) - tensor(new float[] { 103, 116, 123 }).reshape(1, 3, 1, 1);
        for (int i = 0; i < taps.Length; i++)
        {
            (long[] shape, float[] expected) = graph.Output(i, ("Input247", planes));
            Assert.Equal([1, ResNet18Features.Channels[i], height >> (i + 1), width >> (i + 1)], shape);
            Compare($"{taps[i]} at {width}x{height}", maps[i], shape, expected);
        }
    }

    [Fact]
    public void OwnSegmenter_AgreesWithOnnxRuntime()
    {
        string path = Directory.GetFiles(Path.Combine(SharedFolder.Repository, "models", "edge"), "guard-*.onnx").Single();
        using OnnxNetwork network = OnnxNetwork.Load(path);
        using OnnxGraph graph = new(OnnxFile.ParseAny(File.ReadAllBytes(path), path));
        Tensor image = tensor(GoldenTensor.Create("guard", 2 * 3 * 64 * 128, 1), [2, 3, 64, 128]);
        (long[] shape, float[] expected) = graph.Run((network.Inputs[0], image));
        Compare("guard", network.Forward(image), shape, expected);
    }

    [Theory]
    [InlineData("tiny", 0)]
    [InlineData("edge", 16)]
    public void OwnAutoencoder_EveryGraph_AgreesWithOnnxRuntime(string preset, int labelClasses)
    {
        using SwappingAutoencoder networks = new(SaeConfiguration.Preset(preset) with { LabelClasses = labelClasses });
        SaeWeights weights = networks.ExportWeights();
        Tensor image = tensor(GoldenTensor.Create("autoencoder", 2 * 3 * 64 * 96, 1), [2, 3, 64, 96]);
        Dictionary<string, Tensor> inputs = new() { [SaeExporter.Image] = image };
        Agree(SaeExporter.StructureEncoder(weights), inputs);
        Agree(SaeExporter.TextureEncoder(weights), inputs);
        (Tensor structure, Tensor texture) = networks.Encoder.forward(image);
        (inputs[SaeExporter.Structure], inputs[SaeExporter.Texture]) = (structure, texture);
        if (labelClasses > 0)
        {
            inputs[SaeExporter.Labels] =
                LabelMaps.FromLabels(randint(0, labelClasses, [2, 64, 96], ScalarType.Byte), labelClasses, networks.Configuration.Stride);
        }
        foreach ((string name, WeightTensor map) in FixedNoise.Maps(networks.Configuration, 64, 96))
        {
            inputs[SaeExporter.NoiseInput(networks.Configuration.NoiseLayers.Single(layer => layer.Name == name))] =
                tensor(map.Values, [.. map.Shape.Select(side => (long)side)]);
        }
        Agree(SaeExporter.Generator(weights), inputs);
        Agree(HalfStorage.Apply(SaeExporter.StructureEncoder(weights)), inputs);
    }

    private static void Agree(ModelProto model, IReadOnlyDictionary<string, Tensor> inputs)
    {
        using OnnxNetwork network = OnnxNetwork.Of(model, model.Graph.Name);
        using OnnxGraph graph = new(model);
        Dictionary<string, Tensor> own = network.Inputs.ToDictionary(name => name, name => inputs[name]);
        Tensor actual = network.Forward(own, [network.Outputs[0]])[0];
        (long[] shape, float[] expected) = graph.Run(own.Select(input => (input.Key, input.Value)));
        Compare(model.Graph.Name, actual, shape, expected);
    }

    // The nodes after the last tap want 224x224.
    private static void KeepUntil(ModelProto model, string tap)
    {
        HashSet<string> needed = [tap];
        foreach (NodeProto node in model.Graph.Node.Reverse().ToArray())
        {
            if (node.Output.Any(needed.Contains))
                needed.UnionWith(node.Input);
            else
                model.Graph.Node.Remove(node);
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
