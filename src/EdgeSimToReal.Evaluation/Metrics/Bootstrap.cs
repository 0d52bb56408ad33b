namespace EdgeSimToReal.Evaluation.Metrics;

/// <summary>95 % intervals by bootstrap (Efron 1979) over groups: all images of one structure image are drawn together.</summary>
/// <param name="groups">How many groups there are.</param>
/// <param name="replicates">How many draws.</param>
/// <param name="seed">Of the draws; the same seed gives the same intervals.</param>
public sealed class Bootstrap(int groups, int replicates, int seed)
{
    private const double Tail = 0.025;

    /// <summary>The percentile interval of a statistic.</summary>
    /// <param name="statistic">The statistic of a draw: how often each group counts. Undefined draws (NaN) are left out.</param>
    /// <param name="recentre">
    /// Whether the draws are moved so that their mean is the figure: right for a statistic that grows with repeated images, as the
    /// Fréchet distance does.
    /// </param>
    /// <returns>The statistic of the set itself, and the interval; no interval for fewer than two groups.</returns>
    public Estimate Interval(Func<IReadOnlyList<int>, double> statistic, bool recentre = false) =>
        Intervals(weights => [statistic(weights)], recentre)[0];

    /// <summary>The percentile intervals of several statistics over the same draws.</summary>
    /// <param name="statistics">The statistics of a draw, always as many.</param>
    /// <param name="recentre">As in <see cref="Interval"/>.</param>
    public Estimate[] Intervals(Func<IReadOnlyList<int>, double[]> statistics, bool recentre = false)
    {
        int[] weights = new int[groups];
        Array.Fill(weights, 1);
        double[] values = statistics(weights);
        List<double>[] draws = [.. values.Select(_ => new List<double>(replicates))];
        Random random = new(seed);
        for (int i = 0; groups > 1 && i < replicates; i++)
        {
            Array.Clear(weights);
            for (int k = 0; k < groups; k++)
                weights[random.Next(groups)]++;
            // A spread needs two groups.
            if (weights.Count(weight => weight > 0) < 2)
                continue;
            double[] draw = statistics(weights);
            for (int s = 0; s < draw.Length; s++)
            {
                if (double.IsFinite(draw[s]))
                    draws[s].Add(draw[s]);
            }
        }
        return [.. values.Select((value, s) => ToEstimate(value, draws[s], recentre))];
    }

    /// <summary>
    /// The percentile intervals of several statistics of a table: every group seen under every condition, groups and conditions drawn
    /// independently (a crossed design).
    /// </summary>
    /// <param name="conditions">How many conditions there are.</param>
    /// <param name="statistics">The statistics of a draw: how often each group and how often each condition counts.</param>
    /// <param name="drawConditions">Whether conditions are drawn too; else each counts once: the interval is for these conditions alone.</param>
    public Estimate[] Crossed(int conditions, Func<IReadOnlyList<int>, IReadOnlyList<int>, double[]> statistics, bool drawConditions)
    {
        int[] drawn = new int[conditions];
        Random random = new(seed);
        bool first = true;
        return Intervals(weights =>
        {
            Array.Fill(drawn, first || !drawConditions ? 1 : 0);
            for (int k = 0; k < conditions && drawConditions && !first; k++)
                drawn[random.Next(conditions)]++;
            first = false;
            return statistics(weights, drawn);
        });
    }

    private static Estimate ToEstimate(double value, List<double> draws, bool recentre)
    {
        if (!double.IsFinite(value) || draws.Count == 0)
            return new Estimate(double.IsFinite(value) ? value : null);
        draws.Sort();
        double shift = recentre ? value - draws.Average() : 0;
        return new Estimate(value, Quantile(Tail) + shift, Quantile(1 - Tail) + shift);

        double Quantile(double q)
        {
            double at = q * (draws.Count - 1);
            int below = (int)at;
            double share = at - below;
            return (draws[below] * (1 - share)) + (draws[Math.Min(below + 1, draws.Count - 1)] * share);
        }
    }
}
