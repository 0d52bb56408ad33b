using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Layers;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks;

/// <summary>
/// The swapping autoencoder's encoder: an image [N, 3, H, W] in [-1, 1] to a structure code [N, S, H/s, W/s] and a texture
/// code [N, T], each of unit norm over its channels; with a structure pyramid also to its levels (<see cref="StructureCodes"/>).
/// </summary>
public sealed class Encoder : nn.Module<Tensor, (Tensor Structure, Tensor Texture)>
{
    private static readonly double[] TrunkTaps = [1, 2, 1];

    private readonly ConvolutionLayer _fromImage;
    private readonly ModuleGroup<ResidualBlock> _trunk;
    private readonly ModuleGroup<ConvolutionLayer> _structureHead;
    private readonly ModuleGroup<ModuleGroup<EqualizedConvolution>>? _pyramid;
    private readonly ModuleGroup<ConvolutionLayer> _textureHead;
    private readonly ModuleGroup<EqualizedLinear> _textureCode;

    /// <summary>Creates the encoder with random weights (N(0, 1), from the global generator) on the CPU.</summary>
    /// <param name="configuration">Sizes.</param>
    /// <exception cref="Core.EdgeSimException">The configuration is out of range.</exception>
    public Encoder(SaeConfiguration configuration)
        : base(nameof(Encoder))
    {
        configuration.Validate();
        Configuration = configuration;
        int midpoint = configuration.MidpointChannels;
        _fromImage = this.Register("FromRGB", ConvolutionLayer.SameSize(3, configuration.EncoderWidth(0), 1));
        _trunk = this.Register("DownToSpatialCode", new ModuleGroup<ResidualBlock>(configuration.EncoderBlocks.Select(
            block => (block.LastName, new ResidualBlock(block, TrunkTaps, reflection: true)))));
        _structureHead = this.Register("ToSpatialCode", new ModuleGroup<ConvolutionLayer>(
        [
            ("0", ConvolutionLayer.SameSize(midpoint, midpoint, 1)),
            ("1", ConvolutionLayer.SameSize(midpoint, configuration.StructureChannels, 1, activate: false)),
        ]));
        if (configuration.PyramidChannels > 0)
        {
            _pyramid = this.Register("ToPyramid", new ModuleGroup<ModuleGroup<EqualizedConvolution>>(configuration.PyramidBlocks.Select(
                level => (level.LastName, new ModuleGroup<EqualizedConvolution>(
                    [("Conv", new EqualizedConvolution(level.Input, level.Output, 1, bias: false))])))));
        }
        _textureHead = this.Register("DownToGlobalCode", new ModuleGroup<ConvolutionLayer>(configuration.TextureBlocks.Select(
            block => (block.LastName, ConvolutionLayer.Shrinking(block.Input, block.Output, stride: 2)))));
        _textureCode = this.Register("ToGlobalCode", new ModuleGroup<EqualizedLinear>(
            [("0", new EqualizedLinear(configuration.TextureFeatureChannels, configuration.TextureChannels))]));
    }

    /// <summary>The encoder's sizes.</summary>
    public SaeConfiguration Configuration { get; }

    /// <summary>Both codes of an image.</summary>
    /// <param name="image">[N, 3, H, W] in [-1, 1].</param>
    /// <returns>Structure [N, S, H/s, W/s] and texture [N, T].</returns>
    /// <exception cref="Core.EdgeSimException">The image's size does not suit (<see cref="SaeConfiguration.CheckImageSize"/>).</exception>
    public override (Tensor Structure, Tensor Texture) forward(Tensor image)
    {
        Check(image, texture: true);
        using IDisposable scope = NewDisposeScope();
        Tensor features = Features(image);
        return (StructureHead(features).MoveToOuterDisposeScope(), TextureHead(features).MoveToOuterDisposeScope());
    }

    /// <summary>All codes and the activation that <see cref="InnerSemanticBranch"/> starts from, in one pass.</summary>
    /// <param name="image">[N, 3, H, W] in [-1, 1].</param>
    /// <returns>Structure, texture [N, T] and inner features [N, M, H/s, W/s].</returns>
    /// <exception cref="Core.EdgeSimException">The image's size does not suit.</exception>
    public (StructureCodes Structure, Tensor Texture, Tensor InnerFeatures) ForwardWithInnerFeatures(Tensor image)
    {
        Check(image, texture: true);
        using IDisposable scope = NewDisposeScope();
        List<Tensor> pyramid = [];
        Tensor features = Features(image, pyramid), inner = _structureHead[0].forward(features);
        return (new StructureCodes(StructureCode(inner), pyramid, Picture(image)).MoveToOuterDisposeScope(),
            TextureHead(features).MoveToOuterDisposeScope(), inner.MoveToOuterDisposeScope());
    }

    /// <summary>All that the generator takes of an image's structure.</summary>
    /// <param name="image">[N, 3, H, W] in [-1, 1].</param>
    /// <returns>The structure code and, where the configuration has them, pyramid and standardised picture.</returns>
    /// <exception cref="Core.EdgeSimException">The image's size does not suit.</exception>
    public StructureCodes Structures(Tensor image)
    {
        Check(image, texture: false);
        using IDisposable scope = NewDisposeScope();
        List<Tensor> pyramid = [];
        Tensor features = Features(image, pyramid);
        return new StructureCodes(StructureHead(features), pyramid, Picture(image)).MoveToOuterDisposeScope();
    }

    /// <summary>The structure code alone.</summary>
    /// <param name="image">[N, 3, H, W] in [-1, 1].</param>
    /// <returns>[N, S, H/s, W/s].</returns>
    /// <exception cref="Core.EdgeSimException">The image's size does not suit.</exception>
    public Tensor Structure(Tensor image)
    {
        Check(image, texture: false);
        using IDisposable scope = NewDisposeScope();
        return StructureHead(Features(image)).MoveToOuterDisposeScope();
    }

    /// <summary>The texture code alone.</summary>
    /// <param name="image">[N, 3, H, W] in [-1, 1].</param>
    /// <returns>[N, T].</returns>
    /// <exception cref="Core.EdgeSimException">The image's size does not suit.</exception>
    public Tensor Texture(Tensor image)
    {
        Check(image, texture: true);
        using IDisposable scope = NewDisposeScope();
        return TextureHead(Features(image)).MoveToOuterDisposeScope();
    }

    private void Check(Tensor image, bool texture)
    {
        if (image.dim() != 4 || image.shape[1] != 3)
            throw new ArgumentException($"An image batch is [N, 3, H, W], not [{string.Join(", ", image.shape)}].", nameof(image));
        Configuration.CheckImageSize((int)image.shape[2], (int)image.shape[3], texture);
    }

    /// <summary>The deepest map, from which both heads start, [N, M, H/s, W/s]; adds the pyramid's levels to a list, finest first.</summary>
    private Tensor Features(Tensor image, List<Tensor>? pyramid = null)
    {
        using Tensor input = image.ChannelsLast();
        Tensor x = _fromImage.forward(input);
        for (int i = 0; i < _trunk.Count; i++)
        {
            // Let go of each map at once: without gradients the large early ones would otherwise live to the end of the pass.
            using Tensor map = x;
            if (pyramid is not null && _pyramid is not null)
                pyramid.Add(SpatialNorm.Apply(_pyramid[i][0].forward(map)).As(map));
            x = _trunk[i].forward(map);
        }
        return x;
    }

    private Tensor? Picture(Tensor image) => Configuration.ColourLevel == 0 ? null : SpatialNorm.Apply(image);

    private Tensor StructureHead(Tensor features) => StructureCode(_structureHead[0].forward(features));

    private Tensor StructureCode(Tensor innerFeatures) => UnitNorm.Apply(_structureHead[1].forward(innerFeatures)).As(innerFeatures);

    private Tensor TextureHead(Tensor features)
    {
        return UnitNorm.Apply(_textureCode[0].forward(_textureHead.Chain(features).AtLeastSingle().mean([2, 3])));
    }
}
