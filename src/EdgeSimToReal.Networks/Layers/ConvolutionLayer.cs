using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>Low-pass filter and stride (when halving) or padding, equalised convolution, activation: "ConvLayer".</summary>
internal sealed class ConvolutionLayer : nn.Module<Tensor, Tensor>
{
    private readonly FirFilter? _blur;
    private readonly EqualizedConvolution _convolution;
    private readonly LeakyActivation? _activation;
    private readonly int _reflection;

    private ConvolutionLayer(EqualizedConvolution convolution, LeakyActivation? activation, FirFilter? blur, int reflection)
        : base(nameof(ConvolutionLayer))
    {
        if (blur is not null)
            _blur = this.Register("Blur", blur);
        _convolution = this.Register("Conv", convolution);
        if (activation is not null)
            _activation = this.Register("Act", activation);
        _reflection = reflection;
    }

    /// <summary>Convolution at the input's size, padded by k/2, zeros or mirrored; with a bias of its own where not activated.</summary>
    public static ConvolutionLayer SameSize(
        int inputs, int outputs, int size, bool activate = true, bool bias = true, bool reflection = false)
    {
        int padding = size / 2;
        EqualizedConvolution convolution = new(inputs, outputs, size, bias && !activate, padding: reflection ? 0 : padding);
        return new ConvolutionLayer(convolution, activate ? new LeakyActivation(outputs) : null, null, reflection ? padding : 0);
    }

    /// <summary>Low-pass filter, then convolution of stride 2: H to H/2 (H even).</summary>
    public static ConvolutionLayer Halving(int inputs, int outputs, int size, double[] taps, bool activate = true, bool reflection = false)
    {
        int total = taps.Length - 2 + (size - 1), before = (total + 1) / 2, after = total / 2;
        // A 1×1 convolution reads every second pixel: the filter need not compute the others.
        int filterStride = size == 1 ? 2 : 1;
        return new ConvolutionLayer(
            new EqualizedConvolution(inputs, outputs, size, bias: false, stride: 2 / filterStride),
            activate ? new LeakyActivation(outputs) : null,
            new FirFilter(taps, 1, filterStride, before, after, reflection), 0);
    }

    /// <summary>3×3 convolution without filter or padding: H to ⌊(H - 3) / stride⌋ + 1.</summary>
    public static ConvolutionLayer Shrinking(int inputs, int outputs, int stride) =>
        new(new EqualizedConvolution(inputs, outputs, 3, bias: false, stride), new LeakyActivation(outputs), null, 0);

    /// <summary>[N, inputs, H, W] to [N, outputs, H', W'].</summary>
    public override Tensor forward(Tensor x) => Forward(x, 1);

    /// <summary>The layer's output times a positive gain.</summary>
    public Tensor Forward(Tensor x, double gain)
    {
        using IDisposable scope = NewDisposeScope();
        if (_blur is not null)
            x = _blur.forward(x);
        if (_reflection > 0)
            x = nn.functional.pad(x, (_reflection, _reflection, _reflection, _reflection), PaddingModes.Reflect);
        if (_activation is null)
            return _convolution.Forward(x, gain).MoveToOuterDisposeScope();
        gain *= LeakyActivation.Gain;
        return LeakyActivation.Apply(_convolution.Forward(x, _activation.Bias(gain), gain)).MoveToOuterDisposeScope();
    }
}
