using EdgeSimToReal.Core.Bundles;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>What the label guard read in one frame.</summary>
/// <remarks>
/// Likelihoods are means of log p(label) over the pixels near a boundary of labels: inside a road or a sky any labels fit, so that is
/// where labels that moved or belong to another frame show. A single object that vanished or was made up does not show in a frame's mean,
/// so places are looked at one by one for those.
/// </remarks>
/// <param name="Frame">The frame's number.</param>
/// <param name="MeanIoU">mIoU of the translated picture against the labels, over the classes that occur, 0..1.</param>
/// <param name="UntranslatedMeanIoU">The same of the simulator's picture.</param>
/// <param name="Likelihood">How well the labels fit the translated picture, at most 0.</param>
/// <param name="UntranslatedLikelihood">The same of the simulator's picture.</param>
/// <param name="MovedLikelihood">The best fit of the labels to the translated picture when they are moved a little.</param>
/// <param name="ObjectsKept">
/// By how much nearer to its labels the share of persons' or vehicles' pixels is than untranslated, in the place where that is least: from
/// -1, an object is gone or made up, to 0, none is worse.
/// </param>
public readonly record struct GuardReading(
    ulong Frame, double MeanIoU, double UntranslatedMeanIoU, double Likelihood, double UntranslatedLikelihood, double MovedLikelihood,
    double ObjectsKept)
{
    /// <summary>How much better the labels fit where they are than a few pixels beside: not at all, if they are another frame's.</summary>
    public double Alignment => Likelihood - MovedLikelihood;

    /// <summary>How well the labels fit the translated picture, relative to the untranslated one.</summary>
    public double Kept => Likelihood - UntranslatedLikelihood;

    /// <summary>Whether a person or a vehicle is gone or made up: in some place, more than half of the pixels.</summary>
    public bool ChangesObjects => ObjectsKept < -0.5;

    /// <summary>Whether there is anything to judge: a frame without two labels side by side has no boundary.</summary>
    public bool IsReadable => !double.IsNaN(Likelihood);

    /// <summary>The frame's score: the least of its measures, in deviations from the mean of good frames.</summary>
    /// <param name="usual">What is usual.</param>
    public double Score(BundleGuardThreshold usual)
    {
        double score = Math.Min(usual.Alignment.Score(Alignment), usual.Kept.Score(Kept));
        return usual.Objects is { } objects ? Math.Min(score, objects.Score(ObjectsKept)) : score;
    }

    /// <summary>Whether the labels survived; a frame that can't be judged passes.</summary>
    /// <param name="threshold">The guard's threshold.</param>
    public bool Passes(BundleGuardThreshold threshold) => !IsReadable || Score(threshold) >= threshold.Score;
}
