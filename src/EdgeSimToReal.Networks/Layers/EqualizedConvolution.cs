using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>Convolution whose weights are stored with unit variance and scaled by 1/√(inputs·k²) when used.</summary>
internal sealed class EqualizedConvolution : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // [outputs, inputs, k, k]
    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias; // [outputs], not scaled
    private readonly double _scale;
    private readonly long[] _stride;
    private readonly long[] _padding;

    public EqualizedConvolution(int inputs, int outputs, int size, bool bias, int stride = 1, int padding = 0)
        : base(nameof(EqualizedConvolution))
    {
        _weight = this.Register("weight", randn(outputs, inputs, size, size));
        _bias = bias ? this.Register("bias", zeros(outputs)) : null;
        _scale = 1 / Math.Sqrt((double)inputs * size * size);
        _stride = [stride, stride];
        _padding = [padding, padding];
    }

    /// <summary>The convolution with its own bias, if any.</summary>
    public override Tensor forward(Tensor x) => Forward(x, _bias, 1);

    /// <summary>gain · convolution + bias, where the bias is given and already holds the gain.</summary>
    public Tensor Forward(Tensor x, Tensor? bias, double gain)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor input = x.ForConvolution(_weight.shape[0]);
        Tensor y = nn.functional.conv2d(input, (_weight * (_scale * gain)).As(input), bias?.As(input), _stride, _padding);
        return y.As(x).MoveToOuterDisposeScope();
    }

    /// <summary>gain · (convolution + own bias).</summary>
    public Tensor Forward(Tensor x, double gain)
    {
        using IDisposable scope = NewDisposeScope();
        return Forward(x, _bias is null ? null : _bias * gain, gain).MoveToOuterDisposeScope();
    }
}
