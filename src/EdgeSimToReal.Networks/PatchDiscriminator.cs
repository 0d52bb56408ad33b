using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Layers;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks;

/// <summary>
/// The co-occurrence patch discriminator: judges whether a candidate patch has the texture of the image from which the
/// reference patches come. T patches of each image are given as [N, T, 3, p, p] in [-1, 1] (<see cref="PatchCrops"/>).
/// </summary>
public sealed class PatchDiscriminator : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly ModuleGroup<nn.Module<Tensor, Tensor>> _convolutions;
    private readonly ModuleGroup<EqualizedLinear> _head;

    /// <summary>Creates the discriminator with random weights (N(0, 1), from the global generator) on the CPU.</summary>
    /// <param name="configuration">Sizes.</param>
    /// <exception cref="Core.EdgeSimException">The configuration is out of range.</exception>
    public PatchDiscriminator(PatchDiscriminatorConfiguration configuration)
        : base(nameof(PatchDiscriminator))
    {
        configuration.Validate();
        Configuration = configuration;
        SaeBlock wide = configuration.WideBlock;
        _convolutions = this.Register("convs", new ModuleGroup<nn.Module<Tensor, Tensor>>(
        [
            ("0", ConvolutionLayer.SameSize(3, configuration.FirstWidth, 3)),
            .. configuration.Blocks.Select(block => (block.LastName, new ResidualBlock(block, ImageDiscriminator.Taps))),
            (wide.LastName, new ResidualBlock(wide, taps: null)),
            ("6", ConvolutionLayer.Shrinking(wide.Output, configuration.FeatureChannels, stride: 1)),
        ]));
        IReadOnlyList<int> widths = configuration.HeadWidths;
        _head = this.Register("pairlinear", new ModuleGroup<EqualizedLinear>(
            Enumerable.Range(0, widths.Count - 1).Select(i => ($"{i}", new EqualizedLinear(widths[i], widths[i + 1])))));
    }

    /// <summary>The discriminator's sizes.</summary>
    public PatchDiscriminatorConfiguration Configuration { get; }

    /// <summary>The mean of an image's features, repeated for each of its patches.</summary>
    /// <param name="features">[N·T, C, 2, 2], image by image.</param>
    /// <param name="patchesPerImage">T.</param>
    /// <returns>[N·T, C, 2, 2].</returns>
    public static Tensor Aggregate(Tensor features, int patchesPerImage)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor mean = features.unflatten(0, [-1, patchesPerImage]).mean([1], keepdim: true);
        return mean.expand(-1, patchesPerImage, -1, -1, -1).flatten(0, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Each patch's features.</summary>
    /// <param name="patches">[N, T, 3, p, p] in [-1, 1].</param>
    /// <returns>[N·T, C, 2, 2], image by image.</returns>
    public Tensor Features(Tensor patches)
    {
        int size = Configuration.PatchSize;
        if (patches.dim() != 5 || !patches.shape[2..].SequenceEqual([3L, size, size]))
        {
            throw new ArgumentException($"Patches are [N, T, 3, {size}, {size}], not [{string.Join(", ", patches.shape)}].",
                nameof(patches));
        }
        using IDisposable scope = NewDisposeScope();
        return _convolutions.Chain(patches.flatten(0, 1).ChannelsLast()).MoveToOuterDisposeScope();
    }

    /// <summary>Features of reference patches: the mean over each image's patches, repeated.</summary>
    /// <param name="patches">[N, T, 3, p, p] in [-1, 1].</param>
    /// <returns>[N·T, C, 2, 2].</returns>
    public Tensor ReferenceFeatures(Tensor patches)
    {
        using Tensor features = Features(patches);
        return Aggregate(features, (int)patches.shape[1]);
    }

    /// <summary>Judges pairs of features.</summary>
    /// <param name="reference">[N·T, C, 2, 2] from <see cref="ReferenceFeatures"/>.</param>
    /// <param name="candidate">[N·T, C, 2, 2] from <see cref="Features"/>.</param>
    /// <returns>Logits [N·T, 1], positive for "the same texture".</returns>
    public Tensor Logits(Tensor reference, Tensor candidate)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor x = cat([reference.flatten(1), candidate.flatten(1)], 1);
        foreach (EqualizedLinear layer in _head.SkipLast(1))
            x = layer.ForwardActivated(x);
        return _head[^1].forward(x).MoveToOuterDisposeScope();
    }

    /// <summary>Judges candidate patches against reference patches.</summary>
    /// <param name="reference">[N, T, 3, p, p] of the images whose texture is asked for.</param>
    /// <param name="candidate">[N, T, 3, p, p].</param>
    /// <returns>Logits [N·T, 1].</returns>
    public override Tensor forward(Tensor reference, Tensor candidate)
    {
        using IDisposable scope = NewDisposeScope();
        return Logits(ReferenceFeatures(reference), Features(candidate)).MoveToOuterDisposeScope();
    }
}
