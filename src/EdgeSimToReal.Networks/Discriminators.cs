using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Layers;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks;

/// <summary>Both discriminators together; their parameters' names are the reference's keys ("D.…", "Dpatch.…").</summary>
public sealed class Discriminators : nn.Module
{
    /// <summary>Creates both networks with random weights on the CPU.</summary>
    /// <param name="image">Sizes of the image discriminator.</param>
    /// <param name="patch">Sizes of the patch discriminator.</param>
    /// <exception cref="Core.EdgeSimException">A configuration is out of range.</exception>
    public Discriminators(ImageDiscriminatorConfiguration image, PatchDiscriminatorConfiguration patch)
        : base(nameof(Discriminators))
    {
        image.Validate();
        patch.Validate();
        Image = this.Register("D", new ImageDiscriminator(image));
        Patch = this.Register("Dpatch", new PatchDiscriminator(patch));
    }

    /// <summary>The image discriminator, parameters "D.…".</summary>
    public ImageDiscriminator Image { get; }

    /// <summary>The co-occurrence patch discriminator, parameters "Dpatch.…".</summary>
    public PatchDiscriminator Patch { get; }
}
