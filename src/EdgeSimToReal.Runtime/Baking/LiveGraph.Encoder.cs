using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;

namespace EdgeSimToReal.Runtime.Baking;

/// <content>The structure encoder.</content>
public sealed partial class LiveGraph
{
    private static readonly float[] EncoderTaps = [1, 2, 1];

    private Signal Encode(Signal image)
    {
        Signal x = EncoderConv("E.FromRGB", image, image.Name);
        foreach ((int i, SaeBlock block) in _configuration.EncoderBlocks.Index())
        {
            KeepLevel(i, x);
            Signal main = EncoderConv($"{block.Name}.conv1", x, _graph.ReflectPad($"{block.Name}.conv1.pad", x.Name, 1, 1));
            if (OnCuda)
            {
                x = EncoderBlockOnCuda(block, x, main);
                continue;
            }
            main = EncoderDown($"{block.Name}.conv2", main);
            // (main + skip)/√2 is stored without the 1/√2, as a signal of gain √2.
            string blurred = _graph.Conv($"{block.Name}.skip.Blur", x.Name, FirWeight(block.Input), null, 2, [1, 1, 0, 0], block.Input);
            string skip = _graph.Conv($"{block.Name}.skip", blurred,
                Weight($"{block.Name}.skip.Conv.weight", _encoder[$"{block.Name}.skip.Conv.weight"], _ => 1 / x.Gain, 1));
            x = new Signal(_graph.Add(block.Name, main.Name, skip), block.Output, Root2);
        }
        x = EncoderConv("E.ToSpatialCode.0", x, x.Name);
        string code = _graph.Conv("E.ToSpatialCode.1", x.Name,
            Weight("E.ToSpatialCode.1.Conv.weight", _encoder["E.ToSpatialCode.1.Conv.weight"], _ => 1 / x.Gain, 1),
            Vector("E.ToSpatialCode.1.Conv.bias", Doubles(_encoder["E.ToSpatialCode.1.Conv.bias"]), 1));
        // The generator normalises once more; that changes nothing beyond rounding, so it is done once.
        return new Signal(_graph.L2Normalize("structure", code), _configuration.StructureChannels, 1);
    }

    // Convolution with bias and leaky ReLU; the bundle's weights hold the activation's √2.
    private Signal EncoderConv(string layer, Signal x, string padded)
    {
        WeightTensor weight = _encoder[$"{layer}.Conv.weight"];
        return new Signal(Activated(layer, padded, Weight($"{layer}.Conv.weight", weight, _ => 1 / x.Gain, 1),
            Vector($"{layer}.Act.bias", Doubles(_encoder[$"{layer}.Act.bias"]), 1)), weight.Shape[0], 1);
    }

    private Signal EncoderDown(string layer, Signal x, string? skip = null)
    {
        WeightTensor weight = _encoder[$"{layer}.Conv.weight"];
        // One 5x5 convolution would be exact too, but costs 6 to 7 % more of the whole frame.
        string blurred = OnCuda
            ? EncoderFir($"{layer}.Blur", x.Name, [2, 2, 1, 1], reflect: true, down: 1)
            : _graph.Fir($"{layer}.Blur", _graph.ReflectPad($"{layer}.pad", x.Name, 2, 1), x.Channels, EncoderTaps, 1, 0);
        return new Signal(Activated(layer, blurred, Weight($"{layer}.Conv.weight", weight, _ => 1 / x.Gain, 1),
            Vector($"{layer}.Act.bias", Doubles(_encoder[$"{layer}.Act.bias"]), 1), stride: 2, skip), weight.Shape[0], 1);
    }

    private string FirWeight(int channels)
    {
        float[] kernel = GraphOperators.FirKernel(EncoderTaps, 1);
        return _graph.Initializer($"fir.1_2_1.sum1.x{channels}", [.. Enumerable.Range(0, channels).SelectMany(_ => kernel)], channels, 1, 3, 3);
    }
}
