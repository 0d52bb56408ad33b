using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>
/// The hinge form of adversarial losses (an addition to the paper, off in its settings), for discriminators that answer by pixel: the mean over
/// heads of the mean over labelled pixels.
/// </summary>
public static class HingeGan
{
    /// <summary>The discriminator's loss: E[max(0, 1 - D(real))] and E[max(0, 1 + D(made))], to be added.</summary>
    /// <param name="real">Logits and labelled shares of real pictures, by head.</param>
    /// <param name="made">The same of made pictures.</param>
    /// <returns>Two scalars.</returns>
    public static (Tensor Real, Tensor Made) DiscriminatorLosses(
        IReadOnlyList<(Tensor Logits, Tensor Share)> real, IReadOnlyList<(Tensor Logits, Tensor Share)> made) =>
        (Mean(real, logits => (1 - logits).clamp_min(0)), Mean(made, logits => (1 + logits).clamp_min(0)));

    /// <summary>The generator's loss: -E[D(made)].</summary>
    /// <param name="made">Logits and labelled shares of made pictures, by head.</param>
    /// <returns>A scalar.</returns>
    public static Tensor GeneratorLoss(IReadOnlyList<(Tensor Logits, Tensor Share)> made) => Mean(made, logits => -logits);

    private static Tensor Mean(IReadOnlyList<(Tensor Logits, Tensor Share)> heads, Func<Tensor, Tensor> loss)
    {
        using IDisposable scope = NewDisposeScope();
        return stack(heads.Select(head => (loss(head.Logits) * head.Share).sum() / head.Share.sum().clamp_min(1))).mean()
            .MoveToOuterDisposeScope();
    }
}
