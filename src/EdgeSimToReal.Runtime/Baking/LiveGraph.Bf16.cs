using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Kernels;

namespace EdgeSimToReal.Runtime.Baking;

/// <content>The graph with activations of bfloat16, [N, H, W, C], from the first convolution to the last but one.</content>
/// <remarks>
/// The first and the last convolution, 1x1 from and to the picture's planes, stay in float: they take no time of their own there, and a
/// rounding in either is seen as it is.
/// </remarks>
public sealed partial class LiveGraph
{
    private static readonly long[] PadOne = [1, 1, 1, 1];

    private string BuildBf16(string image, string? labels)
    {
        Signal structure = EncodeBf16(image);
        const string modulation = "G.SpatialCodeModulation";
        string code = _graph.Bf16Normalisation(modulation, structure.Name, Vector($"{modulation}.scale", _style.Affine($"{modulation}.scale"), 1),
            Vector($"{modulation}.bias", _style.Affine($"{modulation}.bias"), 1), labels);
        Signal x = new(code, structure.Channels + (labels is null ? 0 : _configuration.LabelClasses), 1);
        int scale = 1;
        foreach (SaeBlock block in _configuration.HeadBlocks)
        {
            string skip = _graph.Bf16Convolution($"{block.Name}.skip", x.Name, Linear($"{block.Name}.skip", _generator, x, bias: false));
            x = new Signal(StyledBf16($"{block.Name}.conv1", x, scale, 1, null, null), block.Output, 1);
            x = new Signal(StyledBf16($"{block.Name}.conv2", x, scale, 1, skip, null), block.Output, Root2);
        }
        IReadOnlyList<SaeBlock> blocks = _configuration.UpsamplingBlocks;
        foreach ((int j, SaeBlock block) in blocks.Index())
        {
            scale *= 2;
            Signal skip = !block.ChangesWidth ? x : new Signal(_graph.Bf16Convolution($"{block.Name}.skip", x.Name,
                Linear($"{block.Name}.skip", _generator, x, bias: true) with { Slope = GraphOperators.LeakySlope }), block.Output, 1);
            x = new Signal(WithLevel(block, j, UpsampledBf16($"{block.Name}.conv1", x, scale)), block.Output, 1);
            double gain = skip.Gain * Root2;
            x = new Signal(StyledBf16($"{block.Name}.conv2", x, scale, skip.Gain, skip.Name, block == blocks[^1] ? gain : null), block.Output, gain);
            KeepColours(j, x);
        }
        return x.Name;
    }

    private Signal EncodeBf16(string image)
    {
        Bf16Convolution first = Linear("E.FromRGB", _encoder, new Signal(image, 3, 1), bias: true);
        Signal x = new(_graph.Bf16Entry("E.FromRGB", image, first.Weight, first.Bias, GraphOperators.LeakySlope), _configuration.EncoderWidth(0), 1);
        foreach ((int i, SaeBlock block) in _configuration.EncoderBlocks.Index())
        {
            KeepLevel(i, x);
            string main = _graph.Bf16Convolution($"{block.Name}.conv1", x.Name, Linear($"{block.Name}.conv1", _encoder, x, bias: true) with
            {
                Pads = PadOne,
                Reflect = true,
                Slope = GraphOperators.LeakySlope,
            });
            string skip = _graph.Bf16Convolution($"{block.Name}.skip", x.Name,
                Linear($"{block.Name}.skip", _encoder, x, bias: false) with { Pads = [1, 1, 0, 0], Blur = true, Stride = 2 });
            string sum = _graph.Bf16Convolution($"{block.Name}.conv2", main,
                Linear($"{block.Name}.conv2", _encoder, new Signal(main, block.Input, 1), bias: true) with
                {
                    Pads = [2, 2, 1, 1],
                    Reflect = true,
                    Blur = true,
                    Stride = 2,
                    Slope = GraphOperators.LeakySlope,
                    Skip = skip,
                });
            // (main + skip)/√2 is stored without the 1/√2, as a signal of gain √2.
            x = new Signal(sum, block.Output, Root2);
        }
        x = new Signal(_graph.Bf16Convolution("E.ToSpatialCode.0", x.Name,
            Linear("E.ToSpatialCode.0", _encoder, x, bias: true) with { Slope = GraphOperators.LeakySlope }), _configuration.MidpointChannels, 1);
        string code = "E.ToSpatialCode.1";
        return new Signal(_graph.Bf16Convolution(code, x.Name, new Bf16Convolution(
            Weight($"{code}.Conv.weight", _encoder[$"{code}.Conv.weight"], _ => 1, 1), Vector($"{code}.Conv.bias", Doubles(_encoder[$"{code}.Conv.bias"]), 1))),
            _configuration.StructureChannels, 1);
    }

    // A convolution as the bundle has it: weights, and the bias of its activation where there is one.
    private Bf16Convolution Linear(string layer, IReadOnlyDictionary<string, WeightTensor> weights, Signal x, bool bias) => new(
        Weight($"{layer}.Conv.weight", weights[$"{layer}.Conv.weight"], _ => 1 / x.Gain, 1),
        bias ? Vector($"{layer}.Act.bias", Doubles(weights[$"{layer}.Act.bias"]), 1) : null);

    // A styled convolution; with the gain of its result, the last one, which ToRGB follows.
    private string StyledBf16(string layer, Signal x, int scale, double gain, string? skip, double? resultGain)
    {
        double[] style = _style.Scales($"{layer}.conv");
        Bf16Convolution convolution = new(Weight($"{layer}.conv.weight", _generator[$"{layer}.conv.weight"], i => style[i] / x.Gain, gain),
            Vector($"{layer}.activate.bias", Doubles(_generator[$"{layer}.activate.bias"]), gain))
        {
            Pads = PadOne,
            Noise = Noise($"{layer}.noise", scale, gain),
            Slope = GraphOperators.LeakySlope,
            Skip = skip,
        };
        if (resultGain is not { } last)
            return _graph.Bf16Convolution(layer, x.Name, convolution);
        double[] colours = _style.Affine("G.ToRGB.conv.modulation");
        return _graph.Bf16ConvolutionToPlanes("G.ToRGB", x.Name, convolution,
            Weight("G.ToRGB.conv.weight", _generator["G.ToRGB.conv.weight"], i => colours[i] / last, 1),
            Vector("G.ToRGB.bias", Doubles(_generator["G.ToRGB.bias"]), 1));
    }

    private string UpsampledBf16(string layer, Signal x, int scale)
    {
        double[] style = _style.Scales($"{layer}.conv");
        WeightTensor weight = Scaled(_generator[$"{layer}.conv.weight"], i => style[i] / x.Gain, 1, transposed: true);
        return _graph.Bf16Upsampling(layer, x.Name, _graph.Initializer($"{layer}.conv.weight", weight),
            Vector($"{layer}.activate.bias", Doubles(_generator[$"{layer}.activate.bias"]), 1), Noise($"{layer}.noise", scale, 1));
    }
}
