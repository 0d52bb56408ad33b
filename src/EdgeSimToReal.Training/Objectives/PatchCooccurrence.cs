using EdgeSimToReal.Networks;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>
/// The co-occurrence loss (LC-SAE report, chapter 3): patches of a hybrid must look as if cut from the image that gave its texture,
/// L = E[-log D_patch(crop(G(z_s¹, z_t²)), crops(x²))] with the non-saturating form of <see cref="NonSaturatingGan"/>.
/// All patches are [N, T, 3, p, p] (<see cref="PatchCrops"/>).
/// </summary>
public static class PatchCooccurrence
{
    /// <summary>The discriminator's two terms; the reference patches' features are computed once for both.</summary>
    /// <param name="discriminator">The patch discriminator.</param>
    /// <param name="reference">Patches of the texture images.</param>
    /// <param name="target">Other patches of the same images: to be found real.</param>
    /// <param name="hybrid">Patches of the hybrids with these images' textures: to be found fake.</param>
    /// <returns>Two scalars.</returns>
    public static (Tensor Real, Tensor Fake) DiscriminatorLosses(
        PatchDiscriminator discriminator, Tensor reference, Tensor target, Tensor hybrid)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor features = discriminator.ReferenceFeatures(reference);
        Tensor real = NonSaturatingGan.WantReal(discriminator.Logits(features, discriminator.Features(target)));
        Tensor fake = NonSaturatingGan.WantFake(discriminator.Logits(features, discriminator.Features(hybrid)));
        return (real.MoveToOuterDisposeScope(), fake.MoveToOuterDisposeScope());
    }

    /// <summary>The generator's term; the reference patches' features are constants.</summary>
    /// <param name="discriminator">The patch discriminator.</param>
    /// <param name="reference">Patches of the texture images.</param>
    /// <param name="hybrid">Patches of the hybrids with these images' textures.</param>
    /// <returns>A scalar.</returns>
    public static Tensor GeneratorLoss(PatchDiscriminator discriminator, Tensor reference, Tensor hybrid)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor features;
        using (no_grad())
            features = discriminator.ReferenceFeatures(reference);
        return NonSaturatingGan.WantReal(discriminator.Logits(features, discriminator.Features(hybrid))).MoveToOuterDisposeScope();
    }
}
