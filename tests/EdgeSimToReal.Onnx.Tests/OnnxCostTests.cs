using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Onnx.Segmentation;

namespace EdgeSimToReal.Onnx.Tests;

/// <summary>A graph's cost, told from its nodes.</summary>
public sealed class OnnxCostTests
{
    [Fact]
    public void UNet_CostsWhatItsLayersSay()
    {
        // Layer by layer for 256x128, width w: backbone at 1/2, 1/4, 1/8, 1/16, head back up to 1/2 and the predictions there.
        const int w = 4, classes = 10, half = 128 * 64, quarter = 64 * 32, eighth = 32 * 16, sixteenth = 16 * 8;
        long expected = ((9 * 3 * w) + (9 * w * w)) * half
            + ((9 * w * 2 * w) + (9 * 4 * w * w)) * quarter
            + ((9 * 2 * w * 4 * w) + (9 * 16 * w * w)) * eighth
            + ((9 * 4 * w * 8 * w) + (2 * 9 * 64 * w * w)) * sixteenth
            + (8 * w * 4 * w * sixteenth) + (9 * 8 * w * 4 * w * eighth)
            + (4 * w * 2 * w * eighth) + (9 * 4 * w * 2 * w * quarter)
            + (2 * w * w * quarter) + (9 * 2 * w * w * half)
            + (w * classes * half);
        ModelProto model = Segmenter(SegmenterArchitecture.UNet, w);
        Assert.Equal(expected, OnnxCost.MultiplyAccumulates(model, 128, 256, "test"));
    }

    [Theory]
    [InlineData(SegmenterArchitecture.UNet)]
    [InlineData(SegmenterArchitecture.DeepLabMobileNetV2)]
    public void FourTimesThePixels_CostAboutFourTimesAsMuch(SegmenterArchitecture architecture)
    {
        ModelProto model = Segmenter(architecture, 4);
        double ratio = (double)OnnxCost.MultiplyAccumulates(model, 256, 512, "test") / OnnxCost.MultiplyAccumulates(model, 128, 256, "test");
        // MobileNet also computes on the padding, which grows with the sides alone.
        Assert.InRange(ratio, 3.9, 4.0001);
    }

    [Fact]
    public void GuardThatTheDocumentationNames_HasLessThanAGiga()
    {
        ModelProto model = Segmenter(SegmenterArchitecture.UNet, 32);
        Assert.InRange(OnnxCost.MultiplyAccumulates(model, 128, 256, "test"), 900_000_000, 1_000_000_000);
    }

    [Fact]
    public void WeightsStoredInSixteenBits_CostTheSame()
    {
        ModelProto model = Segmenter(SegmenterArchitecture.UNet, 8);
        Assert.Equal(OnnxCost.MultiplyAccumulates(model, 64, 96, "test"),
            OnnxCost.MultiplyAccumulates(HalfStorage.Apply(model), 64, 96, "test"));
    }

    [Fact]
    public void UnknownOperator_IsAnErrorThatNamesIt()
    {
        GraphBuilder graph = new("test", "");
        string x = graph.Input("image", "", "N", 3, "H", "W");
        graph.Output("logits", "", graph.Node("Transpose", "turned", [x]), "N", 3, "H", "W");
        EdgeSimException error = Assert.Throws<EdgeSimException>(
            () => OnnxCost.MultiplyAccumulates(graph.Build("", []), 16, 16, "a.onnx"));
        Assert.Contains("'a.onnx'", error.Message);
        Assert.Contains("Transpose ('turned')", error.Message);
    }

    private static ModelProto Segmenter(SegmenterArchitecture architecture, int width)
    {
        SegmenterConfiguration configuration = new() { Architecture = architecture, Classes = 10, Width = width };
        return SegmenterExporter.Segmenter(new SegmenterWeights(configuration,
            configuration.Tensors().ToDictionary(shape => shape.Name, shape => new WeightTensor(shape.Shape, new float[shape.Count]))));
    }
}
