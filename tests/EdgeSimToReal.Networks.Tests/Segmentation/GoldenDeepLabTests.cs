using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Segmentation;
using EdgeSimToReal.Networks.Weights;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests.Segmentation;

/// <summary>Logits of the independent reference implementation, relative L2 ≤ 1e-5.</summary>
public sealed class GoldenDeepLabTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData("mobilenet")]
    [InlineData("resnet50")]
    public void Logits_AgreeWithTheReference(string backbone)
    {
        SafetensorsFile golden = SafetensorsFile.Read(SharedFolder.Require("golden", $"deeplabv3plus-{backbone}.safetensors"));
        SegmenterConfiguration configuration = new()
        {
            Architecture = SegmenterConfiguration.ParseArchitecture($"deeplabv3plus_{golden.Metadata["kind"]}"),
            Classes = int.Parse(golden.Metadata["classes"]),
            OutputStride = int.Parse(golden.Metadata["output_stride"]),
        };
        int height = int.Parse(golden.Metadata["image_height"]), width = int.Parse(golden.Metadata["image_width"]);
        using IDisposable scope = NewDisposeScope();
        using IDisposable gradients = no_grad();
        using Segmenter segmenter = new(configuration);
        ModuleWeights.Import(segmenter, SegmenterGolden.Weights(configuration), "golden formula");
        segmenter.eval();

        Tensor logits = segmenter.forward(tensor(GoldenTensor.Create("in.image", 3 * height * width, 1), [1, 3, height, width]));

        WeightTensor expected = golden.Tensors["out.logits"];
        Assert.Equal(expected.Shape.Select(size => (long)size), logits.shape);
        Assert.InRange(GoldenTensor.RelativeL2(logits.data<float>().ToArray(), expected.Values), 0, Tolerance);
    }
}
