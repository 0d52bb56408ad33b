using EdgeSimToReal.Evaluation.Metrics;
using EdgeSimToReal.Evaluation.Tests.Support;

namespace EdgeSimToReal.Evaluation.Tests.Metrics;

public class BootstrapTests
{
    [Fact]
    public void Interval_OfAMean_IsTheStandardError()
    {
        Random random = new(1);
        double[] values = [.. Enumerable.Range(0, 200).Select(_ => random.NextDouble())];
        double mean = values.Average(), deviation = Math.Sqrt(values.Average(value => Math.Pow(value - mean, 2)));
        Estimate estimate = new Bootstrap(200, 4000, 3).Interval(Mean);
        Assert.Equal(mean, estimate.Value!.Value, 1e-12);
        double half = 1.96 * deviation / Math.Sqrt(200);
        Assert.Equal(mean - half, estimate.Low!.Value, 0.1 * half);
        Assert.Equal(mean + half, estimate.High!.Value, 0.1 * half);
        Assert.Equal(estimate, new Bootstrap(200, 4000, 3).Interval(Mean));
        Assert.NotEqual(estimate, new Bootstrap(200, 4000, 4).Interval(Mean));

        double Mean(IReadOnlyList<int> weights) => values.Select((value, i) => value * weights[i]).Sum() / weights.Sum();
    }

    [Fact]
    public void Interval_CoversTheTruth_NineteenTimesOfTwenty()
    {
        Random random = new(9);
        int covered = 0;
        for (int i = 0; i < 300; i++)
        {
            double[] values = [.. Enumerable.Range(0, 40).Select(_ => random.NextDouble())];
            Estimate estimate = new Bootstrap(40, 300, i).Interval(weights => values.Select((value, k) => value * weights[k]).Sum() / 40);
            covered += estimate.Low <= 0.5 && estimate.High >= 0.5 ? 1 : 0;
        }
        Assert.InRange(covered / 300.0, 0.89, 0.98);
    }

    [Fact]
    public void Interval_OfADistance_IsRoundTheFigure()
    {
        FeatureSet set = Sets.Normal(new Random(1), 60, 6, groups: 20), reference = Sets.Normal(new Random(2), 60, 6, 1, 1);
        FrechetDistance frechet = new(reference);
        KernelDistance kernel = new(set, reference);
        Bootstrap bootstrap = new(20, 100, 1);
        foreach (Estimate estimate in new[] { bootstrap.Interval(frechet.Draws(set), recentre: true), bootstrap.Interval(kernel.Unbiased) })
            Assert.True(estimate.Low < estimate.Value && estimate.Value < estimate.High, estimate.ToString());
    }

    [Fact]
    public void Interval_WhereNothingCanBeDrawn_IsAbsent()
    {
        Assert.Equal(new Estimate(2), new Bootstrap(1, 100, 1).Interval(_ => 2));
        Assert.Equal(new Estimate(null), new Bootstrap(5, 100, 1).Interval(_ => double.NaN));
    }
}
