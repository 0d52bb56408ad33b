using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Layers;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks;

/// <summary>
/// The image discriminator: StyleGAN2's residual one without minibatch statistics. An image [N, 3, H, W] in [-1, 1], of the
/// configured size, to a logit [N, 1], positive for "real".
/// </summary>
public sealed class ImageDiscriminator : nn.Module<Tensor, Tensor>
{
    internal static readonly double[] Taps = [1, 3, 3, 1];

    private readonly ModuleGroup<nn.Module<Tensor, Tensor>> _convolutions;
    private readonly ConvolutionLayer _finalConvolution;
    private readonly ModuleGroup<EqualizedLinear> _linear;

    /// <summary>Creates the discriminator with random weights (N(0, 1), from the global generator) on the CPU.</summary>
    /// <param name="configuration">Sizes.</param>
    /// <exception cref="Core.EdgeSimException">The configuration is out of range.</exception>
    public ImageDiscriminator(ImageDiscriminatorConfiguration configuration)
        : base(nameof(ImageDiscriminator))
    {
        configuration.Validate();
        Configuration = configuration;
        int width = configuration.FinalWidth;
        _convolutions = new ModuleGroup<nn.Module<Tensor, Tensor>>(
        [
            ("0", ConvolutionLayer.SameSize(3, configuration.FirstWidth, 1)),
            .. configuration.Blocks.Select(block => (block.LastName, new ResidualBlock(block, Taps))),
        ]);
        _finalConvolution = ConvolutionLayer.SameSize(width, width, 3);
        _linear = new ModuleGroup<EqualizedLinear>(
            [("0", new EqualizedLinear(configuration.FinalFeatures, width)), ("1", new EqualizedLinear(width, 1))]);
        this.Register("stylegan2_D", new ModuleGroup<nn.Module>(
            [("convs", _convolutions), ("final_conv", _finalConvolution), ("final_linear", _linear)]));
    }

    /// <summary>The discriminator's sizes.</summary>
    public ImageDiscriminatorConfiguration Configuration { get; }

    /// <summary>Judges images.</summary>
    /// <param name="image">[N, 3, H, W] in [-1, 1], of the configured height and width.</param>
    /// <returns>Logits [N, 1].</returns>
    public override Tensor forward(Tensor image)
    {
        if (image.dim() != 4 || !image.shape[1..].SequenceEqual([3L, Configuration.CropHeight, Configuration.CropWidth]))
        {
            throw new ArgumentException($"The discriminator takes [N, 3, {Configuration.CropHeight}, {Configuration.CropWidth}], "
                + $"not [{string.Join(", ", image.shape)}].", nameof(image));
        }
        using IDisposable scope = NewDisposeScope();
        Tensor features = _finalConvolution.forward(_convolutions.Chain(image.ChannelsLast())).flatten(1);
        return _linear[1].forward(_linear[0].ForwardActivated(features)).MoveToOuterDisposeScope();
    }
}
