using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Layers;
using EdgeSimToReal.Networks.Noise;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks;

/// <summary>
/// The swapping autoencoder's generator: a structure code [N, S, h, w] and a texture code [N, T] to an image
/// [N, 3, s·h, s·w]. The image is meant for [-1, 1] but unbounded: clamp it for display. A label-conditioned one also takes a
/// label map [N, K, h, w].
/// </summary>
public sealed class Generator : nn.Module<Tensor, Tensor, GeneratorNoise, Tensor>
{
    private readonly SpatialCodeModulation _modulation;
    private readonly List<GeneratorBlock> _blocks = [];
    private readonly ToImage? _toColour;
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
            _blocks.Add(this.Register(block.Name["G.".Length..], new GeneratorBlock(block, texture, upsample: true, configuration.PyramidChannels)));
        if (configuration.ColourLevel > 0)
        {
            // At first nothing but the standardised frame at middle contrast: a training starts from what the simulator shows.
            _toColour = this.Register("ToColour",
                new ToImage(configuration.ColourFeatureChannels, texture, ColourTransforms.InitialBias(), silent: true));
        }
        _toImage = this.Register("ToRGB", new ToImage(configuration.ImageFeatureChannels, texture, silent: configuration.ColourLevel > 0));
    }

    /// <summary>The generator's sizes.</summary>
    public SaeConfiguration Configuration { get; }

    /// <summary>Makes the image of a structure code alone.</summary>
    /// <param name="structure">[N, S, h, w]; normalised again here.</param>
    /// <param name="texture">[N, T]; normalised again here.</param>
    /// <param name="noise">Where the noise comes from.</param>
    /// <returns>[N, 3, s·h, s·w].</returns>
    /// <exception cref="ArgumentException">
    /// A code has another shape, or the generator takes labels, a structure pyramid or the picture besides.
    /// </exception>
    /// <exception cref="Core.EdgeSimException">A fixed noise map is missing or has another size.</exception>
    public override Tensor forward(Tensor structure, Tensor texture, GeneratorNoise noise) => forward(structure, texture, noise, null);

    /// <summary>Makes the image of a structure code alone, under labels.</summary>
    /// <param name="structure">[N, S, h, w]; normalised again here.</param>
    /// <param name="texture">[N, T]; normalised again here.</param>
    /// <param name="noise">Where the noise comes from.</param>
    /// <param name="labels">As below.</param>
    /// <returns>[N, 3, s·h, s·w].</returns>
    /// <exception cref="ArgumentException">As below.</exception>
    /// <exception cref="Core.EdgeSimException">A fixed noise map is missing or has another size.</exception>
    public Tensor forward(Tensor structure, Tensor texture, GeneratorNoise noise, Tensor? labels) =>
        forward(new StructureCodes(structure, [], null), texture, noise, labels);

    /// <summary>Makes the image.</summary>
    /// <param name="structure">The codes of <see cref="Encoder.Structures"/>; the deep one is normalised again here.</param>
    /// <param name="texture">[N, T]; normalised again here.</param>
    /// <param name="noise">Where the noise comes from.</param>
    /// <param name="labels">
    /// The label map [N, K, h, w] (<see cref="LabelMaps"/>), K = <see cref="SaeConfiguration.LabelClasses"/>; null where K is 0.
    /// </param>
    /// <returns>[N, 3, s·h, s·w].</returns>
    /// <exception cref="ArgumentException">
    /// A code or the label map has another shape, or a part is there or missing against the configuration.
    /// </exception>
    /// <exception cref="Core.EdgeSimException">A fixed noise map is missing or has another size.</exception>
    public Tensor forward(StructureCodes structure, Tensor texture, GeneratorNoise noise, Tensor? labels = null)
    {
        Tensor deep = structure.Deep;
        if (deep.dim() != 4 || deep.shape[1] != Configuration.StructureChannels)
        {
            throw new ArgumentException(
                $"The structure code is [N, {Configuration.StructureChannels}, h, w], not [{string.Join(", ", deep.shape)}].",
                nameof(structure));
        }
        if (texture.dim() != 2 || texture.shape[1] != Configuration.TextureChannels || texture.shape[0] != deep.shape[0])
        {
            throw new ArgumentException(
                $"The texture code is [{deep.shape[0]}, {Configuration.TextureChannels}], not [{string.Join(", ", texture.shape)}].",
                nameof(texture));
        }
        CheckFine(structure);
        CheckLabels(deep, labels);
        using IDisposable scope = NewDisposeScope();
        texture = UnitNorm.Apply(texture);
        Tensor x = _modulation.forward(UnitNorm.Apply(deep), texture).As(deep);
        if (labels is not null)
            x = cat([x, labels.As(x)], 1);
        x = x.ChannelsLast();
        Tensor? colours = null;
        int doublings = -Configuration.HeadBlocks.Count;
        foreach (GeneratorBlock block in _blocks)
        {
            // Let go of a block's input at once: without gradients all maps would otherwise live to the end of the pass.
            using Tensor input = x;
            int level = Configuration.PyramidLevel(doublings++);
            x = block.Forward(input, texture, noise, level < structure.Pyramid.Count ? structure.Pyramid[level] : null);
            if (_toColour is not null && level == Configuration.ColourLevel)
                colours = _toColour.forward(x, texture);
        }
        Tensor image = _toImage.forward(x, texture);
        if (colours is not null)
            image = ColourTransforms.Apply(colours, structure.Picture!) + image.AtLeastSingle();
        return image.MoveToOuterDisposeScope();
    }

    private void CheckFine(StructureCodes structure)
    {
        if (structure.Pyramid.Count != Configuration.PyramidBlocks.Count)
        {
            throw new ArgumentException($"This generator takes {Configuration.PyramidBlocks.Count} levels of a structure pyramid, not "
                + $"{structure.Pyramid.Count}.", nameof(structure));
        }
        if (structure.Picture is null != (Configuration.ColourLevel == 0))
        {
            throw new ArgumentException($"This generator {(Configuration.ColourLevel == 0 ? "applies no" : "applies")} colour transforms, "
                + $"and the standardised picture is {(structure.Picture is null ? "missing" : "given")}.", nameof(structure));
        }
    }

    private void CheckLabels(Tensor structure, Tensor? labels)
    {
        if (Configuration.LabelClasses == 0)
        {
            if (labels is not null)
                throw new ArgumentException("This generator takes no label map: it is not conditioned on labels.", nameof(labels));
            return;
        }
        long[] expected = [structure.shape[0], Configuration.LabelClasses, structure.shape[2], structure.shape[3]];
        if (labels is null || !labels.shape.SequenceEqual(expected))
        {
            throw new ArgumentException($"This generator is conditioned on labels: its label map is [{string.Join(", ", expected)}], not "
                + $"{(labels is null ? "missing" : $"[{string.Join(", ", labels.shape)}]")}.", nameof(labels));
        }
    }
}
