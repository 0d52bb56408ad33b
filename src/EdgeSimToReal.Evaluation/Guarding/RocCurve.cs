namespace EdgeSimToReal.Evaluation.Guarding;

/// <summary>How well a score tells bad frames, which should score low, from good ones.</summary>
public sealed class RocCurve
{
    private readonly double[] _good;
    private readonly double[] _bad;

    /// <summary>Makes the curve of two sets of scores.</summary>
    /// <param name="good">Scores of good frames, at least one.</param>
    /// <param name="bad">Scores of bad frames, at least one.</param>
    public RocCurve(IEnumerable<double> good, IEnumerable<double> bad)
    {
        (_good, _bad) = ([.. good.Order()], [.. bad.Order()]);
        ArgumentOutOfRangeException.ThrowIfZero(_good.Length, nameof(good));
        ArgumentOutOfRangeException.ThrowIfZero(_bad.Length, nameof(bad));
        double wins = 0;
        foreach (double score in _bad)
        {
            int below = Below(_good, score), notAbove = NotAbove(_good, score);
            wins += _good.Length - notAbove + ((notAbove - below) / 2.0);
        }
        Area = wins / _good.Length / _bad.Length;
        List<RocPoint> points = [new(0, 0)];
        foreach (double score in _good.Concat(_bad).Distinct().Order())
            points.Add(new((double)NotAbove(_good, score) / _good.Length, (double)NotAbove(_bad, score) / _bad.Length));
        Points = points;
    }

    /// <summary>Area under the curve: the chance that a bad frame scores below a good one, ties counting half.</summary>
    public double Area { get; }

    /// <summary>The curve from (0, 0) to (1, 1), a point for each threshold.</summary>
    public IReadOnlyList<RocPoint> Points { get; }

    /// <summary>The share of bad frames that are found when at most a share of good ones is lost.</summary>
    /// <param name="falseAlarms">0..1.</param>
    public double Found(double falseAlarms) => Points.Where(point => point.FalseAlarms <= falseAlarms).Max(point => point.Found);

    /// <summary>The share of bad frames below a score.</summary>
    /// <param name="score">The score.</param>
    public double FoundBelow(double score) => (double)Below(_bad, score) / _bad.Length;

    private static int Below(double[] sorted, double score) => sorted.Count(value => value < score);

    private static int NotAbove(double[] sorted, double score) => sorted.Count(value => value <= score);
}
