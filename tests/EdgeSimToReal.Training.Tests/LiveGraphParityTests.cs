using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Networks;
using EdgeSimToReal.Networks.Noise;
using EdgeSimToReal.Networks.Weights;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Kernels;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests;

/// <summary>The frozen live graph in ONNX Runtime against the TorchSharp networks that its bundle was exported from.</summary>
public sealed class LiveGraphParityTests : IDisposable
{
    private const double MaxRelative = 1e-4;
    private const double MaxBf16 = 0.02; // eight binary places, and what some dozen layers make of them

    private readonly IDisposable _scope = NewDisposeScope();
    private readonly IDisposable _gradients = no_grad();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _gradients.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void RealFrames_ThreeTextures_Agree()
    {
        const int frameCount = 20, textureCount = 3, height = 256, width = 512;
        using SwappingAutoencoder networks = SwappingAutoencoder.Load(SharedFolder.Require("weights", "edge-probe.safetensors"));
        ModelBundle bundle = Bundle(networks);
        string[] frames = Some(SharedFolder.Require("data", "sim-carla-unlabelled", "images"), frameCount);
        string[] photos = Some(SharedFolder.Require("data", "real-camvid11", "test", "images"), textureCount);
        Tensor[] structures = [.. frames.Select(path => networks.Encoder.Structure(Read(path, height, width)))];
        using FixedNoiseMaps noise = FixedNoiseMaps.ForImage(networks.Configuration, height, width, bundle.Manifest.NoiseSeed);
        foreach (string photo in photos)
        {
            using IDisposable scope = NewDisposeScope();
            Tensor texture = networks.Encoder.Texture(Read(photo, 256, 512));
            using OnnxGraph live = new(LiveGraph.Build(bundle, texture.data<float>().ToArray(), new BakeOptions(width, height)));
            Assert.Empty(live.Warnings);
            for (int i = 0; i < frames.Length; i++)
            {
                using IDisposable perFrame = NewDisposeScope();
                Compare($"{Path.GetFileName(frames[i])} in the light of {Path.GetFileName(photo)}",
                    live.Run((LiveGraph.InputName, Read(frames[i], height, width))), networks.Generator.forward(structures[i], texture, noise));
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RandomWeights_StandardForm_Agrees(bool addNoise)
    {
        const int height = 64, width = 96;
        SaeConfiguration tiny = SaeConfiguration.Tiny;
        using SwappingAutoencoder networks = new(tiny);
        ModuleWeights.Import(networks, SaeGolden.Weights(tiny), "golden formula");
        Tensor image = tensor(GoldenTensor.Create("live", 3 * height * width, 1), [1, 3, height, width]);
        (Tensor structure, Tensor texture) = networks.Encoder.forward(image);
        BakeOptions options = new(width, height) { Upsampling = UpsamplingForm.TransposedConvolution, Noise = addNoise };
        using OnnxGraph live = new(LiveGraph.Build(Bundle(networks), texture.data<float>().ToArray(), options));
        using FixedNoiseMaps maps = FixedNoiseMaps.ForImage(tiny, height, width);
        Compare($"{options}", live.Run((LiveGraph.InputName, image)),
            networks.Generator.forward(structure, texture, addNoise ? maps : GeneratorNoise.Off));
    }

    [Theory]
    [InlineData("tiny-pyramid", LivePrecision.Fp32, UpsamplingForm.TransposedConvolution, MaxRelative)]
    [InlineData("tiny-pyramid", LivePrecision.Fp32, UpsamplingForm.FusedTails, MaxRelative)]
    [InlineData("tiny-pyramid", LivePrecision.Bf16, UpsamplingForm.FusedTails, MaxBf16)]
    [InlineData("edge-pyramid", LivePrecision.Fp32, UpsamplingForm.TransposedConvolution, MaxRelative)]
    [InlineData("edge-pyramid", LivePrecision.Fp32, UpsamplingForm.FusedTails, MaxRelative)]
    [InlineData("edge-pyramid", LivePrecision.Bf16, UpsamplingForm.FusedTails, MaxBf16)]
    public void Pyramid_EveryForm_Agrees(string preset, LivePrecision precision, UpsamplingForm form, double most)
    {
        Assert.SkipWhen(form == UpsamplingForm.FusedTails && CustomOps.TryLocate() is null, "The native operators are not built.");
        const int height = 64, width = 96;
        SaeConfiguration configuration = SaeGolden.Configuration(preset);
        using SwappingAutoencoder networks = new(configuration);
        ModuleWeights.Import(networks, SaeGolden.Weights(configuration), "golden formula");
        Tensor image = tensor(GoldenTensor.Create("live", 3 * height * width, 1), [1, 3, height, width]);
        (StructureCodes structure, Tensor texture, _) = networks.Encoder.ForwardWithInnerFeatures(image);
        BakeOptions options = new(width, height) { Upsampling = form, Precision = precision };
        using OnnxGraph live = new(LiveGraph.Build(Bundle(networks), texture.data<float>().ToArray(), options));
        Assert.Empty(live.Warnings);
        using FixedNoiseMaps maps = FixedNoiseMaps.ForImage(configuration, height, width);
        Compare($"{preset}, {options}", live.Run((LiveGraph.InputName, image)), networks.Generator.forward(structure, texture, maps), most);
    }

    [Theory]
    [InlineData(UpsamplingForm.TransposedConvolution)]
    [InlineData(UpsamplingForm.FusedTails)]
    public void LabelConditionedWeights_BothForms_Agree(UpsamplingForm form)
    {
        Assert.SkipWhen(form == UpsamplingForm.FusedTails && CustomOps.TryLocate() is null, "The native operators are not built.");
        const int height = 64, width = 96;
        SaeConfiguration conditioned = SaeConfiguration.Tiny with { LabelClasses = LabelSpaces.Shared10.Count };
        using SwappingAutoencoder networks = new(conditioned);
        ModuleWeights.Import(networks, SaeGolden.Weights(conditioned), "golden formula");
        Tensor image = tensor(GoldenTensor.Create("live", 3 * height * width, 1), [1, 3, height, width]);
        (Tensor structure, Tensor texture) = networks.Encoder.forward(image);
        Tensor labels = LabelMaps.FromLabels(randint(0, 11, [1, height, width], ScalarType.Byte), 10, conditioned.Stride);
        BakeOptions options = new(width, height) { Upsampling = form };
        using OnnxGraph live = new(LiveGraph.Build(Bundle(networks), texture.data<float>().ToArray(), options));
        Assert.Empty(live.Warnings);
        using FixedNoiseMaps maps = FixedNoiseMaps.ForImage(conditioned, height, width);
        Compare($"{options}", live.Run((LiveGraph.InputName, image), (LiveGraph.LabelsName, labels)),
            networks.Generator.forward(structure, texture, maps, labels));
    }

    private static void Compare(string what, (long[] Shape, float[] Values) actual, Tensor expected, double most = MaxRelative)
    {
        Assert.Equal(expected.shape, actual.Shape);
        double relative = GoldenTensor.RelativeL2(actual.Values, expected.data<float>().ToArray());
        Assert.True(relative <= most, $"{what}: relative L2 {relative:E2}.");
    }

    /// <summary>Evenly spread files of a folder.</summary>
    private static string[] Some(string folder, int count)
    {
        string[] all = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        return [.. Enumerable.Range(0, count).Select(i => all[i * all.Length / count])];
    }

    /// <summary>The picture's middle, [1, 3, height, width], red, green, blue in [-1, 1].</summary>
    private static Tensor Read(string path, int height, int width)
    {
        Frame frame = ImageFile.Read(path);
        int top = (frame.Height - height) / 2, left = (frame.Width - width) / 2;
        float[] values = new float[3 * height * width];
        for (int i = 0; i < values.Length; i++)
        {
            int channel = i / (height * width), y = i / width % height, x = i % width;
            int pixel = ((top + y) * frame.Width) + left + x; // blue, green, red, alpha
            values[i] = (frame.Bgra[(4 * pixel) + 2 - channel] / 127.5f) - 1;
        }
        return tensor(values, [1, 3, height, width]);
    }

    private ModelBundle Bundle(SwappingAutoencoder networks)
    {
        BundleWriter.Write(_folder["bundle"], networks.ExportWeights(),
            new BundleDescription { Name = "parity", Description = "For a test.", Licence = "none", LabelSpace = "shared10" },
            "For a test.");
        return ModelBundle.Load(_folder["bundle"]);
    }
}
