using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Noise;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>
/// The generator's residual block: (two styled convolutions + skip) / √2. A head block keeps the size, its skip is a 1×1
/// convolution without bias. An up-sampling block doubles the size, its skip is the identity or an activated 1×1 convolution, then
/// bilinear interpolation.
/// </summary>
internal sealed class GeneratorBlock : nn.Module
{
    private readonly StyledConvolution _first;
    private readonly StyledConvolution _second;
    private readonly ConvolutionLayer? _skip;
    private readonly bool _upsample;

    public GeneratorBlock(SaeBlock block, int textureChannels, bool upsample)
        : base(nameof(GeneratorBlock))
    {
        _first = this.Register("conv1", new StyledConvolution($"{block.Name}.conv1", block.Input, block.Output, textureChannels, upsample));
        _second = this.Register("conv2", new StyledConvolution($"{block.Name}.conv2", block.Output, block.Output, textureChannels));
        if (!upsample || block.ChangesWidth)
            _skip = this.Register("skip", ConvolutionLayer.SameSize(block.Input, block.Output, 1, activate: upsample, bias: false));
        _upsample = upsample;
    }

    /// <summary>[N, input, H, W] to [N, output, H or 2H, W or 2W].</summary>
    public Tensor Forward(Tensor x, Tensor texture, GeneratorNoise noise)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor main = _second.Forward(_first.Forward(x, texture, noise), texture, noise, ResidualBlock.SumGain);
        Tensor skip = _skip is null ? x * ResidualBlock.SumGain : _skip.Forward(x, ResidualBlock.SumGain);
        if (_upsample)
            skip = nn.functional.interpolate(skip, scale_factor: [2, 2], mode: InterpolationMode.Bilinear, align_corners: false);
        return skip.add_(main).MoveToOuterDisposeScope();
    }
}
