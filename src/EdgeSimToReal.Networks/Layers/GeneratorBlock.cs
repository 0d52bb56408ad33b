using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Noise;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>
/// The generator's residual block: (two styled convolutions + skip) / √2. A head block keeps the size, its skip is a 1×1
/// convolution without bias. An up-sampling block doubles the size, its skip is the identity or an activated 1×1 convolution, then
/// bilinear interpolation. With a structure pyramid, a level's projection is added between an up-sampling block's convolutions.
/// </summary>
internal sealed class GeneratorBlock : nn.Module
{
    private readonly StyledConvolution _first;
    private readonly StyledConvolution _second;
    private readonly ConvolutionLayer? _skip;
    private readonly EqualizedConvolution? _lateral;
    private readonly bool _upsample;

    /// <param name="block">Channels.</param>
    /// <param name="textureChannels">Length of the texture code.</param>
    /// <param name="upsample">Whether height and width are doubled.</param>
    /// <param name="pyramidChannels">Channels of the level of the structure pyramid that it takes; 0: none.</param>
    public GeneratorBlock(SaeBlock block, int textureChannels, bool upsample, int pyramidChannels = 0)
        : base(nameof(GeneratorBlock))
    {
        _first = this.Register("conv1", new StyledConvolution($"{block.Name}.conv1", block.Input, block.Output, textureChannels, upsample));
        _second = this.Register("conv2", new StyledConvolution($"{block.Name}.conv2", block.Output, block.Output, textureChannels));
        if (!upsample || block.ChangesWidth)
            _skip = this.Register("skip", ConvolutionLayer.SameSize(block.Input, block.Output, 1, activate: upsample, bias: false));
        if (pyramidChannels > 0)
        {
            _lateral = this.Register("lateral", new ModuleGroup<EqualizedConvolution>(
                [("Conv", new EqualizedConvolution(pyramidChannels, block.Output, 1, bias: false))]))[0];
        }
        _upsample = upsample;
    }

    /// <summary>[N, input, H, W] and the pyramid's level [N, P, 2H, 2W], if it takes one, to [N, output, H or 2H, W or 2W].</summary>
    public Tensor Forward(Tensor x, Tensor texture, GeneratorNoise noise, Tensor? level = null)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor first = _first.Forward(x, texture, noise);
        if (_lateral is not null)
            first = first + _lateral.forward(level!.As(first));
        Tensor main = _second.Forward(first, texture, noise, ResidualBlock.SumGain);
        Tensor skip = _skip is null ? x * ResidualBlock.SumGain : _skip.Forward(x, ResidualBlock.SumGain);
        if (_upsample)
            skip = nn.functional.interpolate(skip, scale_factor: [2, 2], mode: InterpolationMode.Bilinear, align_corners: false);
        return skip.add_(main).MoveToOuterDisposeScope();
    }
}
