using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Layers;
using EdgeSimToReal.Networks.Noise;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks;

/// <summary>
/// The swapping autoencoder's generator: a structure code [N, S, h, w] and a texture code [N, T] to an image
/// [N, 3, s·h, s·w]. The image is meant for [-1, 1] but unbounded: clamp it for display.
/// </summary>
public sealed class Generator : nn.Module<Tensor, Tensor, GeneratorNoise, Tensor>
{
    private readonly SpatialCodeModulation _modulation;
    private readonly List<GeneratorBlock> _blocks = [];
    private readonly ToImage _toImage;

    /// <summary>Creates the generator with random weights (N(0, 1), from the global generator; noise weights 0) on the CPU.</summary>
    /// <param name="configuration">Sizes.</param>
    /// <exception cref="Core.EdgeSimException">The configuration is out of range.</exception>
    public Generator(SaeConfiguration configuration)
        : base(nameof(Generator))
    {
        configuration.Validate();
        Configuration = configuration;
        int texture = configuration.TextureChannels;
        _modulation = this.Register("SpatialCodeModulation", new SpatialCodeModulation(configuration.StructureChannels, texture));
        foreach (SaeBlock block in configuration.HeadBlocks)
            _blocks.Add(this.Register(block.Name["G.".Length..], new GeneratorBlock(block, texture, upsample: false)));
        foreach (SaeBlock block in configuration.UpsamplingBlocks)
            _blocks.Add(this.Register(block.Name["G.".Length..], new GeneratorBlock(block, texture, upsample: true)));
        _toImage = this.Register("ToRGB", new ToImage(configuration.ImageFeatureChannels, texture));
    }

    /// <summary>The generator's sizes.</summary>
    public SaeConfiguration Configuration { get; }

    /// <summary>Makes the image.</summary>
    /// <param name="structure">[N, S, h, w]; normalised again here.</param>
    /// <param name="texture">[N, T]; normalised again here.</param>
    /// <param name="noise">Where the noise comes from.</param>
    /// <returns>[N, 3, s·h, s·w].</returns>
    /// <exception cref="Core.EdgeSimException">A fixed noise map is missing or has another size.</exception>
    public override Tensor forward(Tensor structure, Tensor texture, GeneratorNoise noise)
    {
        if (structure.dim() != 4 || structure.shape[1] != Configuration.StructureChannels)
        {
            throw new ArgumentException(
                $"The structure code is [N, {Configuration.StructureChannels}, h, w], not [{string.Join(", ", structure.shape)}].",
                nameof(structure));
        }
        if (texture.dim() != 2 || texture.shape[1] != Configuration.TextureChannels || texture.shape[0] != structure.shape[0])
        {
            throw new ArgumentException(
                $"The texture code is [{structure.shape[0]}, {Configuration.TextureChannels}], not [{string.Join(", ", texture.shape)}].",
                nameof(texture));
        }
        using IDisposable scope = NewDisposeScope();
        texture = UnitNorm.Apply(texture);
        Tensor x = _modulation.forward(UnitNorm.Apply(structure), texture);
        foreach (GeneratorBlock block in _blocks)
        {
            // Let go of a block's input at once: without gradients all maps would otherwise live to the end of the pass.
            using Tensor input = x;
            x = block.Forward(input, texture, noise);
        }
        return _toImage.forward(x, texture).MoveToOuterDisposeScope();
    }
}
