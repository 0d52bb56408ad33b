using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Kernels;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Tests.Kernels;

/// <summary>A whole live graph with native operators against the same one in standard operators.</summary>
public sealed class FusedTailsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Live_graph_Equals_the_standard_form(bool noise)
    {
        KernelLibrary.Require();
        SafetensorsFile file = SafetensorsFile.Read(SharedFolder.Require("weights", "edge-probe.safetensors"));
        SaeConfiguration configuration = SaeConfiguration.FromMetadata(file.Metadata);
        Agree(configuration, file.Tensors, noise);
    }

    [Theory]
    [InlineData("tiny-pyramid")]
    [InlineData("edge-pyramid")]
    public void Pyramid_Equals_the_standard_form(string preset)
    {
        KernelLibrary.Require();
        SaeConfiguration configuration = SaeGolden.Configuration(preset);
        Agree(configuration, SaeGolden.Weights(configuration), noise: true);
    }

    private static void Agree(SaeConfiguration configuration, IReadOnlyDictionary<string, WeightTensor> weights, bool noise)
    {
        using TemporaryFolder folder = new();
        BundleWriter.Write(folder.Path, new SaeWeights(configuration, weights),
            new BundleDescription { Name = "probe", Description = "Test", Licence = "none" }, "Test");
        ModelBundle bundle = ModelBundle.Load(folder.Path);
        float[] texture = GoldenTensor.Create("texture", configuration.TextureChannels, 1);
        float[] image = GoldenTensor.Create("image", 3 * 64 * 128, 1);
        BakeOptions options = new(128, 64) { Noise = noise, Upsampling = UpsamplingForm.TransposedConvolution };
        float[] expected = Run(LiveGraph.Build(bundle, texture, options).ToByteArray(), image);
        float[] actual = Run(LiveGraph.Build(bundle, texture, options with { Upsampling = UpsamplingForm.FusedTails }).ToByteArray(), image);
        Assert.InRange(GoldenTensor.RelativeL2(actual, expected), 0, 1e-5);
    }

    private static float[] Run(byte[] model, float[] image)
    {
        using SessionOptions options = new() { IntraOpNumThreads = 2 };
        Assert.True(CustomOps.TryRegister(options));
        using InferenceSession session = new(model, options);
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(image, [1, 3, 64, 128]);
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, [LiveGraph.InputName], [value], session.OutputNames);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
