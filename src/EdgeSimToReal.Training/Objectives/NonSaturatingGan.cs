using EdgeSimToReal.Networks;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>
/// The non-saturating GAN loss on logits d (LC-SAE report, 2.4.3 and chapter 3): -log σ(d) = softplus(-d) where "real" is wanted,
/// -log(1 - σ(d)) = softplus(d) where "fake" is.
/// </summary>
/// <remarks>
/// The discriminator wants real for photographs and fake for reconstructions and hybrids, the generator real for what it makes:
/// L_GAN,rec = E[-log D(G(E(x)))], L_GAN,swap = E[-log D(G(z_s¹, z_t²))].
/// </remarks>
public static class NonSaturatingGan
{
    /// <summary>The mean of softplus(-d).</summary>
    /// <param name="logits">d, of any shape.</param>
    /// <returns>A scalar.</returns>
    public static Tensor WantReal(Tensor logits)
    {
        using IDisposable scope = NewDisposeScope();
        return nn.functional.softplus(-logits.AtLeastSingle()).mean().MoveToOuterDisposeScope();
    }

    /// <summary>The mean of softplus(d).</summary>
    /// <param name="logits">d, of any shape.</param>
    /// <returns>A scalar.</returns>
    public static Tensor WantFake(Tensor logits)
    {
        using IDisposable scope = NewDisposeScope();
        return nn.functional.softplus(logits.AtLeastSingle()).mean().MoveToOuterDisposeScope();
    }
}
