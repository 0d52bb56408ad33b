using EdgeSimToReal.Core.Networks;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>
/// Residual block: (3×3 → filtered 3×3 stride 2, plus a filtered 1×1 stride 2 without bias or activation) / √2, or the same without
/// filters and strides. The skip path is zero-padded even where the main path is mirrored.
/// </summary>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor>
{
    /// <summary>1/√2: keeps the variance of a sum of two paths.</summary>
    public const double SumGain = 0.70710678118654757;

    private readonly ConvolutionLayer _first;
    private readonly ConvolutionLayer _second;
    private readonly ConvolutionLayer _skip;

    /// <param name="block">Channels.</param>
    /// <param name="taps">The low-pass filter of a halving block; null keeps the size.</param>
    /// <param name="reflection">Whether the main path mirrors the image at its borders; otherwise it pads zeros.</param>
    public ResidualBlock(SaeBlock block, double[]? taps, bool reflection = false)
        : base(nameof(ResidualBlock))
    {
        _first = this.Register("conv1", ConvolutionLayer.SameSize(block.Input, block.Input, 3, reflection: reflection));
        _second = this.Register("conv2", taps is null
            ? ConvolutionLayer.SameSize(block.Input, block.Output, 3, reflection: reflection)
            : ConvolutionLayer.Halving(block.Input, block.Output, 3, taps, reflection: reflection));
        _skip = this.Register("skip", taps is null
            ? ConvolutionLayer.SameSize(block.Input, block.Output, 1, activate: false, bias: false)
            : ConvolutionLayer.Halving(block.Input, block.Output, 1, taps, activate: false));
    }

    /// <summary>[N, input, H, W] to [N, output, H/2, W/2] (H and W even), or [N, output, H, W] where the block keeps the size.</summary>
    public override Tensor forward(Tensor x)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor main = _second.Forward(_first.forward(x), SumGain);
        // In place on the skip path: the main path's values are needed for the activation's gradient.
        return _skip.Forward(x, SumGain).add_(main).MoveToOuterDisposeScope();
    }
}
