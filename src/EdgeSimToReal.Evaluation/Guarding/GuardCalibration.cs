using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Runtime.Guard;

namespace EdgeSimToReal.Evaluation.Guarding;

/// <summary>Finds the score below which frames fail from what the guard read in good frames.</summary>
public static class GuardCalibration
{
    // Frames without persons and vehicles say nothing of how these are translated: a hundredth of a place's pixels is never much.
    private const double LeastObjectDeviation = 0.01;

    private const int Seed = 1;

    /// <summary>Calibrates on translated frames whose labels are true.</summary>
    /// <remarks>
    /// One half of the frames, drawn by lot, says what is usual. The threshold is the k-th least score of the other half's n,
    /// k = ⌊rate · (n + 1)⌋: a further frame of the same kind is as likely to fall in any of the n + 1 gaps between n scores, so it lies below
    /// with a probability of at most k / (n + 1), whatever the scores' distribution is (split conformal prediction; Vovk et al. 2005).
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
        new Random(Seed).Shuffle(readable);
        (GuardReading[] known, GuardReading[] judged) = (readable[..(readable.Length / 2)], readable[(readable.Length / 2)..]);
        int rank = Rank(rate, judged.Length);
        if (rank < 1)
        {
            throw new EdgeSimException(
                FormattableString.Invariant($"{readable.Length} labelled frames are too few for a false-alarm rate of {rate}."),
                $"Give at least {(2 * (Math.Ceiling(1 / rate) - 1)) - 1:F0}, or a higher rate.");
        }
        BundleGuardThreshold usual = new()
        {
            Score = 0,
            Alignment = Measure(known.Select(reading => reading.Alignment), rate),
            Kept = Measure(known.Select(reading => reading.Kept), rate),
            Objects = Measure(known.Select(reading => reading.ObjectsKept), rate, LeastObjectDeviation),
            FalseAlarmRate = rate,
            Frames = readable.Length,
            Texture = texture,
            Width = width,
            Height = height,
        };
        return usual with { Score = judged.Select(reading => reading.Score(usual)).Order().ElementAt(rank - 1) };
    }

    private static int Rank(double rate, int frames) => (int)(rate * (frames + 1));

    // Deviations as far as the k-th least value: alone, each measure would fail as many frames, however its values are spread.
    private static BundleGuardMeasure Measure(IEnumerable<double> values, double rate, double least = 1e-6)
    {
        double[] all = [.. values.Order()];
        double mean = all.Average();
        // Frames that are all alike have no spread, and a measure in deviations needs one.
        return new BundleGuardMeasure(mean, Math.Max(least, mean - all[Math.Max(1, Rank(rate, all.Length)) - 1]));
    }
}
