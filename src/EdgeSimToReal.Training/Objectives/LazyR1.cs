using EdgeSimToReal.Networks;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>
/// Lazy R1 regularisation of both discriminators: at every k-th discriminator step, as a step of its own,
/// k · (λ/2 · mean |∂D|² + λ_p/2 · ½ (mean |∂D_p/∂reference|² + mean |∂D_p/∂target|²)) (LC-SAE report, 4.2).
/// </summary>
public sealed record LazyR1
{
    /// <summary>λ, at least 0.</summary>
    public double ImageWeight { get; init; } = 10;

    /// <summary>λ_p, at least 0.</summary>
    public double PatchWeight { get; init; } = 1;

    /// <summary>k, at least 1.</summary>
    public int Interval { get; init; } = 16;

    /// <summary>Whether a discriminator step is followed by the regularisation.</summary>
    /// <param name="step">The discriminator step's number, from 0.</param>
    public bool IsDue(long step) => step % Interval == 0;

    /// <summary>The regularisation's loss.</summary>
    /// <param name="discriminators">Both networks.</param>
    /// <param name="images">Real images [N, 3, H, W].</param>
    /// <param name="reference">Real patches [M, T, 3, p, p] of the target domain.</param>
    /// <param name="target">Other patches of the same images.</param>
    /// <returns>The loss to be differentiated, and the three mean penalties without weights.</returns>
    public (Tensor Loss, Tensor Image, Tensor Reference, Tensor Target) Loss(
        Discriminators discriminators, Tensor images, Tensor reference, Tensor target)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor image = R1Penalty.Image(discriminators.Image, images).mean();
        (Tensor first, Tensor second) = R1Penalty.Patch(discriminators.Patch, reference, target);
        (first, second) = (first.mean(), second.mean());
        Tensor loss = ((image * ImageWeight / 2) + ((first + second) * PatchWeight / 4)) * Interval;
        return (loss.MoveToOuterDisposeScope(), image.MoveToOuterDisposeScope(),
            first.MoveToOuterDisposeScope(), second.MoveToOuterDisposeScope());
    }
}
