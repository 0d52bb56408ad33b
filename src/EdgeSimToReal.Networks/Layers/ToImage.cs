using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>Modulated 1×1 convolution to red, green and blue, without demodulation, plus a bias; unbounded.</summary>
internal sealed class ToImage : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "bias")]
    private readonly Parameter _bias; // [1, 3, 1, 1]
    private readonly ModulatedConvolution _convolution;

    public ToImage(int inputs, int textureChannels)
        : base(nameof(ToImage))
    {
        _bias = this.Register("bias", zeros(1, 3, 1, 1));
        _convolution = this.Register("conv", new ModulatedConvolution(inputs, 3, 1, textureChannels, demodulate: false));
    }

    /// <summary>Features [N, inputs, H, W], texture [N, T] to [N, 3, H, W].</summary>
    public override Tensor forward(Tensor features, Tensor texture)
    {
        using IDisposable scope = NewDisposeScope();
        return _convolution.Forward(features, texture, _bias.flatten(), 1).MoveToOuterDisposeScope();
    }
}
