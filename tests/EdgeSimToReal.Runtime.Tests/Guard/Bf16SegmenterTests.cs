using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Onnx.Segmentation;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Tests.Kernels;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Tests.Guard;

/// <summary>Segmenters in bfloat16 against the graphs that they were made of.</summary>
[Collection(nameof(KernelLevelCollection))]
public sealed class Bf16SegmenterTests
{
    [Theory]
    [InlineData(SegmenterArchitecture.UNet)]
    [InlineData(SegmenterArchitecture.DeepLabMobileNetV2)]
    public void Rewritten_segmenter_Puts_out_the_same_logits(SegmenterArchitecture architecture)
    {
        KernelLibrary.UseBf16Level(null);
        SegmenterConfiguration configuration = new() { Architecture = architecture, Classes = 7, Width = 8 };
        Dictionary<string, WeightTensor> tensors = configuration.Tensors().ToDictionary(shape => shape.Name, shape => new WeightTensor(shape.Shape,
            shape.Name.EndsWith("running_var", StringComparison.Ordinal) ? [.. Enumerable.Repeat(1f, (int)shape.Count)]
                : GoldenTensor.Create(shape.Name, (int)shape.Count, 0.3)));
        ModelProto model = SegmenterExporter.Segmenter(new SegmenterWeights(configuration, tensors));
        ModelProto rewritten = Bf16Segmenter.Rewrite(model.Clone());
        float[] image = GoldenTensor.Create("image", 2 * 3 * 64 * 96, 1);
        float[] expected = Run(model, image), actual = Run(rewritten, image);
        Assert.InRange(GoldenTensor.RelativeL2(actual, expected), 1e-5, 0.03);
        // No dense convolution is left, each ReLU behind one is gone, and nothing is converted twice.
        Assert.DoesNotContain(rewritten.Graph.Node, node => node.OpType == "Conv" && node.Attribute.Single(a => a.Name == "group").I == 1);
        Assert.Equal(rewritten.Graph.Node.Count, rewritten.Graph.Node.Select(node => node.Output[0]).Distinct().Count());
        if (architecture == SegmenterArchitecture.UNet)
            Assert.DoesNotContain(rewritten.Graph.Node, node => node.OpType == "Relu");
    }

    private static float[] Run(ModelProto model, float[] image)
    {
        using SessionOptions options = new() { IntraOpNumThreads = 2 };
        Assert.True(Runtime.Kernels.CustomOps.TryRegister(options));
        using InferenceSession session = new(model.ToByteArray(), options);
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(image, [2, 3, 64, 96]);
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, [SaeExporter.Image], [value], [SegmenterExporter.Logits]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
