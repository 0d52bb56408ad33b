using EdgeSimToReal.Core.Bundles;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>What the label guard read in one frame.</summary>
/// <remarks>
/// Likelihoods are means of log p(label) over the pixels near a boundary of labels: inside a road or a sky any labels fit, so that is
/// where labels that moved, vanished or belong to another frame show.
/// </remarks>
/// <param name="Frame">The frame's number.</param>
/// <param name="MeanIoU">mIoU of the translated picture against the labels, over the classes that occur, 0..1.</param>
/// <param name="UntranslatedMeanIoU">The same of the simulator's picture.</param>
/// <param name="Likelihood">How well the labels fit the translated picture, at most 0.</param>
/// <param name="UntranslatedLikelihood">The same of the simulator's picture.</param>
/// <param name="MovedLikelihood">The best fit of the labels to the translated picture when they are moved a little.</param>
public readonly record struct GuardReading(
    ulong Frame, double MeanIoU, double UntranslatedMeanIoU, double Likelihood, double UntranslatedLikelihood, double MovedLikelihood)
{
    /// <summary>How much better the labels fit where they are than a few pixels beside: not at all, if they are another frame's.</summary>
    public double Alignment => Likelihood - MovedLikelihood;

    /// <summary>How well the labels fit the translated picture, relative to the untranslated one.</summary>
    public double Kept => Likelihood - UntranslatedLikelihood;

    /// <summary>Whether there is anything to judge: a frame without two labels side by side has no boundary.</summary>
    public bool IsReadable => !double.IsNaN(Likelihood);

    /// <summary>The frame's score: the lesser of both measures, in deviations from what is usual in good frames.</summary>
    /// <param name="usual">What is usual.</param>
    public double Score(BundleGuardThreshold usual) => Math.Min(usual.Alignment.Score(Alignment), usual.Kept.Score(Kept));

    /// <summary>Whether the labels survived; a frame that can't be judged passes.</summary>
    /// <param name="threshold">The guard's threshold.</param>
    public bool Passes(BundleGuardThreshold threshold) => !IsReadable || Score(threshold) >= threshold.Score;
}
