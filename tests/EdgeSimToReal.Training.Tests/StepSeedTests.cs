namespace EdgeSimToReal.Training.Tests;

public sealed class StepSeedTests
{
    [Fact]
    public void Generator_MatchesThePublishedNumbers()
    {
        SplitMix64 random = new(1234567);
        ulong[] published = [6457827717110365317, 3203168211198807973, 9817491932198370423];
        Assert.Equal(published, published.Select(_ => random.Next()));
    }

    [Fact]
    public void Of_EveryArgumentMatters()
    {
        HashSet<long> seeds = [];
        foreach (ulong seed in new ulong[] { 0, 1, 2, ulong.MaxValue })
        {
            for (long step = 0; step < 50; step++)
            {
                Assert.True(seeds.Add(StepSeed.Of(seed, step)));
                Assert.True(seeds.Add(StepSeed.Of(seed, step, "crop")));
            }
        }
        Assert.Equal(StepSeed.Of(3, 4, "order"), StepSeed.Of(3, 4, "order"));
    }

    [Fact]
    public void AddNormal_HasTheDeviation()
    {
        float[] values = new float[40_001];
        new SplitMix64(5).AddNormal(values, 0.5f);
        double mean = values.Average(), variance = values.Average(v => (v - mean) * (v - mean));
        Assert.InRange(mean, -0.01, 0.01);
        Assert.InRange(Math.Sqrt(variance), 0.49, 0.51);
        Assert.InRange(values.Count(v => Math.Abs(v) > 1) / 40_001.0, 0.04, 0.051); // beyond two deviations: 4.55 %
    }
}
