using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>Linear layer whose weights are stored with unit variance and scaled by 1/√inputs when used; in fp32 at least.</summary>
internal sealed class EqualizedLinear : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // [outputs, inputs]
    [ComponentName(Name = "bias")]
    private readonly Parameter _bias; // [outputs]
    private readonly double _scale;

    public EqualizedLinear(int inputs, int outputs, double initialBias = 0)
        : base(nameof(EqualizedLinear))
    {
        _weight = this.Register("weight", randn(outputs, inputs));
        _bias = this.Register("bias", full(outputs, initialBias));
        _scale = 1 / Math.Sqrt(inputs);
    }

    /// <summary>[N, inputs] to [N, outputs].</summary>
    public override Tensor forward(Tensor x)
    {
        using IDisposable scope = NewDisposeScope();
        x = x.AtLeastSingle();
        return nn.functional.linear(x, (_weight * _scale).As(x), _bias.As(x)).MoveToOuterDisposeScope();
    }

    /// <summary>√2 · LeakyReLU₀.₂ of the layer's output, [N, outputs].</summary>
    public Tensor ForwardActivated(Tensor x)
    {
        using IDisposable scope = NewDisposeScope();
        x = x.AtLeastSingle();
        Tensor weight = _weight * (_scale * LeakyActivation.Gain), bias = _bias * LeakyActivation.Gain;
        Tensor y = nn.functional.linear(x, weight.As(x), bias.As(x));
        return LeakyActivation.Apply(y).MoveToOuterDisposeScope();
    }
}
