using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Imaging.Sources;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Onnx.Segmentation;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
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
        // Weights that are stored in 16 bits are found, too.
        Assert.Equal(rewritten.Graph.Node, Bf16Segmenter.Rewrite(HalfStorage.Widen(HalfStorage.Apply(model))).Graph.Node);
        // No dense convolution is left, each ReLU behind one is gone, and nothing is converted twice.
        Assert.DoesNotContain(rewritten.Graph.Node, node => node.OpType == "Conv" && node.Attribute.Single(a => a.Name == "group").I == 1);
        Assert.Equal(rewritten.Graph.Node.Count, rewritten.Graph.Node.Select(node => node.Output[0]).Distinct().Count());
        if (architecture == SegmenterArchitecture.UNet)
            Assert.DoesNotContain(rewritten.Graph.Node, node => node.OpType == "Relu");
    }

    [Fact]
    public void Guard_that_is_shipped_Comes_to_the_same_verdicts()
    {
        KernelLibrary.UseBf16Level(null);
        string folder = SharedFolder.Require("data", "sim-carla23", "val");
        ModelBundle bundle = ModelBundle.Load(Path.Combine(SharedFolder.Repository, "models", "edge"));
        BundleGuardThreshold threshold = bundle.Manifest.Guard!.Threshold!;
        BakeOptions options = new(512, 256);
        (LiveTranslator Translator, LabelGuard Guard)[] both = [.. new[] { LivePrecision.Fp32, LivePrecision.Bf16 }.Select(precision => (
            new LiveTranslator(new StyleBaker(null).Bake(bundle, bundle.Texture("day"), options with { Precision = precision }), FitPolicy.Letterbox, "", 2),
            new LabelGuard(bundle, 2, precision)))];
        using ImageFolderSource source = new(folder, LabelSpaces.Carla23, 20);
        Frame? before = null;
        List<bool> verdicts = [];
        while (source.Take(default) is { } frame)
        {
            // The frame's own tags, and those of the frame before, which are wrong.
            foreach (Frame tags in before is null ? [frame] : new[] { frame, before })
            {
                GuardReading[] readings = [.. both.Select(one =>
                {
                    one.Guard.Prepare(frame, one.Translator.Translate(frame, out _));
                    return ReferenceEquals(tags, frame) ? one.Guard.Read() : one.Guard.Compare(tags);
                })];
                Assert.InRange(Math.Abs(readings[0].MeanIoU - readings[1].MeanIoU), 0, 0.05);
                Assert.InRange(Math.Abs(readings[0].Likelihood - readings[1].Likelihood), 0, 0.05);
                Assert.InRange(Math.Abs(readings[0].ObjectsKept - readings[1].ObjectsKept), 0, 0.05);
                double margin = Math.Abs(readings[0].Score(threshold) - threshold.Score);
                verdicts.Add(readings[0].Passes(threshold));
                Assert.True(readings[1].Passes(threshold) == verdicts[^1] || margin < 0.005,
                    $"frame {frame.Id}: {readings[0].Score(threshold)} and {readings[1].Score(threshold)}, threshold {threshold.Score}");
            }
            before = Copy(frame);
            source.Return(frame);
        }
        Assert.Contains(true, verdicts);
        foreach ((LiveTranslator translator, LabelGuard guard) in both)
        {
            translator.Dispose();
            guard.Dispose();
        }

        static Frame Copy(Frame frame)
        {
            Frame copy = new(frame.Width, frame.Height, withTags: true) { TagSpace = frame.TagSpace };
            frame.Tags.CopyTo(copy.Tags, 0);
            return copy;
        }
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
