using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Kernels;

namespace EdgeSimToReal.Runtime.Baking;

/// <content>Structure pyramid and colour transforms, in floats and in bfloat16.</content>
public sealed partial class LiveGraph
{
    /// <summary>The layer that applies the colour transforms.</summary>
    internal const string ColouredName = "G.Coloured";

    private readonly List<string> _levels = []; // of the pyramid, finest first; standardised
    private string? _coefficients; // of the colour transforms, [1, 12, h, w], float

    private bool Fused => _options.Upsampling == UpsamplingForm.FusedTails || _options.Precision == LivePrecision.Bf16;

    // Keeps the level that starts from the map that enters an encoder's block.
    private void KeepLevel(int block, Signal x)
    {
        if (_configuration.PyramidChannels == 0)
            return;
        SaeBlock level = _configuration.PyramidBlocks[block];
        string weight = Weight($"{level.Name}.Conv.weight", _encoder[$"{level.Name}.Conv.weight"], _ => 1 / x.Gain, 1);
        string name = $"{level.Name}.standardised";
        _levels.Add(_options.Precision == LivePrecision.Bf16
            ? _graph.Bf16Standardisation(name, _graph.Bf16Convolution(level.Name, x.Name, new Bf16Convolution(weight, null)))
            : _graph.Standardise(name, _graph.Conv(level.Name, x.Name, weight), level.Output));
    }

    // The first convolution's result of an up-sampling block, which has no gain, and the pyramid's level that the block takes.
    private string WithLevel(SaeBlock block, int index, string x)
    {
        if (_configuration.PyramidChannels == 0)
            return x;
        string layer = $"{block.Name}.lateral", level = _levels[_configuration.PyramidLevel(index)];
        string weight = Weight($"{layer}.Conv.weight", _generator[$"{layer}.Conv.weight"], _ => 1, 1);
        return _options.Precision == LivePrecision.Bf16
            ? _graph.Bf16Convolution(layer, level, new Bf16Convolution(weight, null) { Skip = x })
            : _graph.Add($"{layer}/sum", x, _graph.Conv(layer, level, weight));
    }

    // Predicts the colour transforms, if it is this up-sampling block's result that they are predicted from.
    private void KeepColours(int index, Signal x)
    {
        if (_configuration.ColourLevel == 0 || _configuration.PyramidLevel(index) != _configuration.ColourLevel)
            return;
        const string layer = "G.ToColour";
        double[] style = _style.Affine($"{layer}.conv.modulation");
        string weight = Weight($"{layer}.conv.weight", _generator[$"{layer}.conv.weight"], i => style[i] / x.Gain, 1);
        string bias = Vector($"{layer}.bias", Doubles(_generator[$"{layer}.bias"]), 1);
        if (_options.Precision != LivePrecision.Bf16)
        {
            _coefficients = _graph.Conv(layer, x.Name, weight, bias);
            return;
        }
        // The sums leave as the floats that they are, through planes that change nothing.
        const int count = SaeConfiguration.ColourCoefficients;
        float[] identity = new float[count * count];
        for (int i = 0; i < count; i++)
            identity[i * (count + 1)] = 1;
        _coefficients = _graph.Bf16ConvolutionToPlanes(layer, x.Name, new Bf16Convolution(weight, null),
            _graph.Initializer($"{layer}.planes", identity, count, count, 1, 1), bias);
    }

    // The picture under the colour transforms, and what they can't express.
    private string Coloured(string image, string residual)
    {
        if (_coefficients is null)
            return residual;
        if (Fused)
            return _graph.ColourTransform(ColouredName, _coefficients, image, residual);
        string picture = _graph.Standardise("E.Standardised", image, 3);
        return OnCuda
            ? _graph.TransformStandardised(ColouredName, _coefficients, picture, residual)
            : _graph.TransformColours(ColouredName, _coefficients, picture, residual, 1 << _configuration.ColourLevel);
    }
}
