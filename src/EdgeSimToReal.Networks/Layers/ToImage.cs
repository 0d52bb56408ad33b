using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>Modulated 1×1 convolution to planes (red, green and blue), without demodulation, plus a bias; unbounded.</summary>
internal sealed class ToImage : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "bias")]
    private readonly Parameter _bias; // [1, planes, 1, 1]
    private readonly ModulatedConvolution _convolution;

    /// <param name="inputs">Channels of the features.</param>
    /// <param name="textureChannels">Length of the texture code.</param>
    /// <param name="bias">The bias at first, [1, planes, 1, 1]; null: three zeros.</param>
    /// <param name="silent">Whether the weights begin as zeros, so that the planes are the bias at first.</param>
    public ToImage(int inputs, int textureChannels, Tensor? bias = null, bool silent = false)
        : base(nameof(ToImage))
    {
        _bias = this.Register("bias", bias ?? zeros(1, 3, 1, 1));
        _convolution = this.Register("conv",
            new ModulatedConvolution(inputs, (int)_bias.shape[1], 1, textureChannels, demodulate: false, silent: silent));
    }

    /// <summary>Features [N, inputs, H, W], texture [N, T] to [N, planes, H, W].</summary>
    public override Tensor forward(Tensor features, Tensor texture)
    {
        using IDisposable scope = NewDisposeScope();
        return _convolution.Forward(features, texture, _bias.flatten(), 1).MoveToOuterDisposeScope();
    }
}
