using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Segmentation;
using EdgeSimToReal.Networks.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Onnx.Segmentation;
using EdgeSimToReal.Training.Segmentation;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Segmentation;

/// <summary>Exported segmenters in ONNX Runtime against the TorchSharp networks they came from, relative L2 ≤ 1e-5.</summary>
public sealed class SegmenterParityTests : IDisposable
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
    [InlineData("deeplabv3plus_mobilenet", 16)]
    [InlineData("deeplabv3plus_mobilenet", 8)]
    [InlineData("deeplabv3plus_resnet50", 16)]
    [InlineData("deeplabv3plus_resnet50", 8)]
    [InlineData("unet", 16)]
    [InlineData("unet", 8)]
    public void Logits_TwoSizes_Agree(string architecture, int outputStride)
    {
        using Segmenter segmenter = Golden(architecture, outputStride);
        using OnnxGraph graph = new(SegmenterExporter.Segmenter(segmenter.ExportWeights()));
        Assert.Empty(graph.Warnings);
        // The second size divides by nothing: every resize has an odd ratio.
        foreach ((int batch, int height, int width) in new[] { (2, 64, 96), (1, 75, 51) })
        {
            Tensor image = Image(batch, height, width);
            Compare(graph.Run((SaeExporter.Image, image)), segmenter.forward(segmenter.Normalise(image)));
            Compare(graph.Output(1, (SaeExporter.Image, image)), segmenter.Features(segmenter.Normalise(image))[^1].mean([2, 3]));
        }
    }

    [Theory]
    [InlineData("deeplabv3plus_mobilenet")]
    [InlineData("deeplabv3plus_resnet50")]
    [InlineData("unet")]
    public void Features_EachStage_Agree(string architecture)
    {
        using Segmenter segmenter = Golden(architecture, 16);
        SegmenterWeights weights = segmenter.ExportWeights();
        Tensor image = Image(1, 48, 80);
        IReadOnlyList<Tensor> stages = segmenter.Features(segmenter.Normalise(image));
        for (int stage = 0; stage < stages.Count; stage++)
        {
            using OnnxGraph graph = new(SegmenterExporter.FeatureExtractor(weights, stage));
            Assert.Empty(graph.Warnings);
            Compare(graph.Run((SaeExporter.Image, image)), stages[stage]);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => SegmenterExporter.FeatureExtractor(weights, stages.Count));
    }

    [Fact]
    public void Metadata_GivesTheConfigurationBack()
    {
        SegmenterConfiguration configuration = new()
        {
            Architecture = SegmenterArchitecture.UNet,
            Classes = 5,
            Width = 3,
            OutputStride = 8,
        };
        using Segmenter segmenter = new(configuration);
        ModelProto model = SegmenterExporter.Segmenter(segmenter.ExportWeights(), new Dictionary<string, string> { ["id"] = "ab" });
        Dictionary<string, string> metadata = model.MetadataProps.ToDictionary(pair => pair.Key[SaeExporter.MetadataPrefix.Length..],
            pair => pair.Value);
        Assert.Equal(SegmenterExporter.Role, metadata["role"]);
        Assert.Equal("ab", metadata["id"]);
        Assert.Equal(configuration, SegmenterConfiguration.FromMetadata(metadata));
    }

    [Fact]
    public void ExportWeights_FaultyStatistics_AreRefused()
    {
        using Segmenter segmenter = new(new() { Architecture = SegmenterArchitecture.UNet, Width = 2 });
        Dictionary<string, Tensor> buffers = segmenter.named_buffers().ToDictionary(item => item.name, item => item.buffer);
        buffers["backbone.stage1.0.1.running_var"].fill_(-1);
        buffers["classifier.stage0.join.1.running_mean"].fill_(float.NaN);
        EdgeSimException error = Assert.Throws<EdgeSimException>(segmenter.ExportWeights);
        Assert.Contains("'backbone.stage1.0.1.running_var' holds negative variances", error.Message);
        Assert.Contains("'classifier.stage0.join.1.running_mean' holds values that are not finite", error.Message);
    }

    private static Segmenter Golden(string architecture, int outputStride)
    {
        SegmenterConfiguration configuration = new()
        {
            Architecture = SegmenterConfiguration.ParseArchitecture(architecture),
            OutputStride = outputStride,
        };
        Segmenter segmenter = new(configuration);
        ModuleWeights.Import(segmenter, SegmenterGolden.Weights(configuration), "golden formula");
        segmenter.eval();
        return segmenter;
    }

    private static Tensor Image(int batch, int height, int width) =>
        tensor(GoldenTensor.Create($"parity {height}×{width}", batch * 3 * height * width, 1), [batch, 3, height, width]);

    private static void Compare((long[] Shape, float[] Values) actual, Tensor expected)
    {
        Assert.Equal(expected.shape, actual.Shape);
        Assert.InRange(GoldenTensor.RelativeL2(actual.Values, expected.contiguous().data<float>().ToArray()), 0, MaxRelative);
    }
}
