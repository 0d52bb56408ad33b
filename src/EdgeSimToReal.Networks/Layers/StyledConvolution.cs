using EdgeSimToReal.Networks.Noise;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>Modulated 3×3 convolution, noise, activation.</summary>
internal sealed class StyledConvolution : nn.Module
{
    private readonly ModulatedConvolution _convolution;
    private readonly NoiseInjection _noise;
    private readonly LeakyActivation _activation;

    /// <param name="name">The layer's full name, e.g. "G.HeadResnetBlock0.conv1".</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="textureChannels">Length of the texture code.</param>
    /// <param name="upsample">Whether height and width are doubled.</param>
    public StyledConvolution(string name, int inputs, int outputs, int textureChannels, bool upsample = false)
        : base(nameof(StyledConvolution))
    {
        _convolution = this.Register("conv", new ModulatedConvolution(inputs, outputs, 3, textureChannels, upsample: upsample));
        _noise = this.Register("noise", new NoiseInjection($"{name}.noise"));
        _activation = this.Register("activate", new LeakyActivation(outputs));
    }

    /// <summary>The layer's output times a positive gain, [N, outputs, H or 2H, W or 2W].</summary>
    public Tensor Forward(Tensor x, Tensor texture, GeneratorNoise noise, double gain = 1)
    {
        using IDisposable scope = NewDisposeScope();
        gain *= LeakyActivation.Gain;
        Tensor y = _convolution.Forward(x, texture, _activation.Bias(gain), gain);
        return LeakyActivation.Apply(_noise.Apply(y, noise, gain)).MoveToOuterDisposeScope();
    }
}
