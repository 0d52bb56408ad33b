using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Runtime.Guard;

namespace EdgeSimToReal.Evaluation.Guarding;

/// <summary>Finds the score below which frames fail from what the guard read in good frames.</summary>
public static class GuardCalibration
{
    // Frames without persons and vehicles say nothing of how these are translated: a hundredth of a place's pixels is never much.
    private const double LeastObjectDeviation = 0.01;

    /// <summary>Calibrates on translated frames whose labels are true.</summary>
    /// <remarks>
    /// The threshold is the k-th least score, k = ⌊rate · (n + 1)⌋: a further frame of the same kind is as likely to fall in any of the
    /// n + 1 gaps between n scores, so it lies below with a probability of at most k / (n + 1), whatever the scores' distribution is
    /// (split conformal prediction; Vovk et al. 2005).
    /// </remarks>
    /// <param name="readings">What the guard read in good frames.</param>
    /// <param name="rate">The share of good frames that may fail, above 0 and below 1.</param>
    /// <param name="texture">The textures that they were translated with.</param>
    /// <param name="width">The translator's picture width.</param>
    /// <param name="height">The translator's picture height.</param>
    /// <exception cref="EdgeSimException">There are too few frames for the rate.</exception>
    public static BundleGuardThreshold Calibrate(IReadOnlyList<GuardReading> readings, double rate, string texture, int width, int height)
    {
        GuardReading[] readable = [.. readings.Where(reading => reading.IsReadable)];
        int rank = (int)(rate * (readable.Length + 1));
        if (rank < 1)
        {
            throw new EdgeSimException(
                FormattableString.Invariant($"{readable.Length} labelled frames are too few for a false-alarm rate of {rate}."),
                $"Give at least {Math.Ceiling(1 / rate) - 1:F0}, or a higher rate.");
        }
        BundleGuardThreshold usual = new()
        {
            Score = 0,
            Alignment = Measure(readable.Select(reading => reading.Alignment)),
            Kept = Measure(readable.Select(reading => reading.Kept)),
            Objects = Measure(readable.Select(reading => reading.ObjectsKept), LeastObjectDeviation),
            FalseAlarmRate = rate,
            Frames = readable.Length,
            Texture = texture,
            Width = width,
            Height = height,
        };
        return usual with { Score = readable.Select(reading => reading.Score(usual)).Order().ElementAt(rank - 1) };
    }

    private static BundleGuardMeasure Measure(IEnumerable<double> values, double least = 1e-6)
    {
        double[] all = [.. values];
        double mean = all.Average();
        // Frames that are all alike have no spread, and a measure in deviations needs one.
        return new BundleGuardMeasure(mean, Math.Max(least, Math.Sqrt(all.Average(value => (value - mean) * (value - mean)))));
    }
}
