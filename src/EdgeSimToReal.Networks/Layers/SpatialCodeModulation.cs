using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>Structure code · scale(texture) + bias(texture), for each channel.</summary>
internal sealed class SpatialCodeModulation : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly EqualizedLinear _scale;
    private readonly EqualizedLinear _bias;

    public SpatialCodeModulation(int structureChannels, int textureChannels)
        : base(nameof(SpatialCodeModulation))
    {
        _scale = this.Register("scale", new EqualizedLinear(textureChannels, structureChannels));
        _bias = this.Register("bias", new EqualizedLinear(textureChannels, structureChannels));
    }

    /// <summary>Structure [N, C, H, W], texture [N, T], both in fp32 at least, to [N, C, H, W].</summary>
    public override Tensor forward(Tensor structure, Tensor texture)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor scale = _scale.forward(texture).unsqueeze(-1).unsqueeze(-1), bias = _bias.forward(texture).unsqueeze(-1).unsqueeze(-1);
        return (structure * scale).add_(bias).MoveToOuterDisposeScope();
    }
}
