using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>
/// Convolution whose input channels are scaled by an affine function of the texture code. Demodulation is the
/// "new" one: the scales are normalised to unit mean square, the weights to unit norm for each output, independent of the texture.
/// </summary>
internal sealed class ModulatedConvolution : nn.Module
{
    private const double Epsilon = 1e-8;
    private static readonly double[] UpsamplingTaps = [1, 3, 3, 1];

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // [1, outputs, inputs, k, k]
    private readonly EqualizedLinear _modulation;
    private readonly FirFilter? _blur;
    private readonly double _scale;
    private readonly bool _demodulate;
    private readonly long _padding;

    public ModulatedConvolution(int inputs, int outputs, int size, int textureChannels, bool demodulate = true, bool upsample = false,
        bool silent = false)
        : base(nameof(ModulatedConvolution))
    {
        long[] shape = [1, outputs, inputs, size, size];
        _weight = this.Register("weight", silent ? zeros(shape) : randn(shape));
        _modulation = this.Register("modulation", new EqualizedLinear(textureChannels, inputs, initialBias: 1));
        // The transposed 3×3 convolution gives 2H + 1 pixels; 4 taps with padding 1 and 1 leave 2H.
        _blur = upsample ? this.Register("blur", new FirFilter(UpsamplingTaps, gain: 4, stride: 1, before: 1, after: 1)) : null;
        _scale = 1 / Math.Sqrt((double)inputs * size * size);
        _demodulate = demodulate;
        _padding = size / 2;
    }

    /// <summary>gain · convolution + bias, where the bias [outputs] already holds the gain.</summary>
    /// <param name="x">[N, inputs, H, W].</param>
    /// <param name="texture">[N, texture channels].</param>
    /// <param name="bias">[outputs].</param>
    /// <param name="gain">A positive factor.</param>
    /// <returns>[N, outputs, H, W], or [N, outputs, 2H, 2W] when up-sampling.</returns>
    public Tensor Forward(Tensor x, Tensor texture, Tensor bias, double gain)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor input = (x * Scales(texture).As(x).unsqueeze(-1).unsqueeze(-1)).ForConvolution(_weight.shape[1]);
        Tensor weight = Weight(gain).As(input);
        if (_blur is null)
            return nn.functional.conv2d(input, weight, bias.As(input), padding: [_padding, _padding]).As(x).MoveToOuterDisposeScope();
        // The filter doesn't take the bias: a depthwise convolution that differentiates one computes its kernel's gradient along with it,
        // which alone would be a third of the generator's whole time.
        Tensor large = _blur.forward(nn.functional.conv_transpose2d(input, weight.transpose(0, 1), strides: [2, 2]).As(x));
        return large.add_(bias.As(x).unsqueeze(-1).unsqueeze(-1)).MoveToOuterDisposeScope();
    }

    /// <summary>The input channels' scales, [N, inputs], in fp32 at least.</summary>
    private Tensor Scales(Tensor texture)
    {
        Tensor scales = _modulation.forward(texture);
        return _demodulate ? scales * (scales.square().mean([1], keepdim: true) + Epsilon).rsqrt() : scales;
    }

    /// <summary>The weights as used, times a gain, [outputs, inputs, k, k].</summary>
    private Tensor Weight(double gain)
    {
        Tensor weight = _weight.squeeze(0);
        if (!_demodulate)
            return weight * (_scale * gain);
        // W·c / √(c²·Σ W² + ε) with c = 1/√(inputs·k²).
        Tensor norm = ((weight.square().sum([1, 2, 3], keepdim: true) * (_scale * _scale)) + Epsilon).rsqrt();
        return weight * (norm * (_scale * gain));
    }
}
