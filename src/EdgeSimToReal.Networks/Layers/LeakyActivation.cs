using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>The networks' activation, √2 · LeakyReLU₀.₂(x + bias): holds the bias.</summary>
/// <remarks>
/// LeakyReLU is positively homogeneous, so the gain √2 and any positive factor that follows are moved before it, into the
/// weights and the bias of the convolution, where they cost nothing per pixel.
/// </remarks>
internal sealed class LeakyActivation : nn.Module
{
    /// <summary>√2, the activation's own gain.</summary>
    public const double Gain = 1.4142135623730951;

    private const double Slope = 0.2;
    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    public LeakyActivation(int channels)
        : base(nameof(LeakyActivation)) => _bias = this.Register("bias", zeros(channels));

    /// <summary>The bias times a factor, [channels].</summary>
    public Tensor Bias(double gain) => _bias * gain;

    /// <summary>LeakyReLU in place, without bias and gain; the gradient is computed from the result.</summary>
    public static Tensor Apply(Tensor x) => nn.functional.leaky_relu(x, Slope, inplace: true);
}
