using EdgeSimToReal.Core.Latency;
using FsCheck;
using FsCheck.Xunit;

namespace EdgeSimToReal.Core.Tests.Latency;

public sealed class LatencyHistogramTests
{
    private static readonly double[] Percentiles = [0, 0.1, 1, 10, 25, 50, 75, 90, 99, 99.9, 99.99, 100];

    /// <summary>Against exact sorting; values spread over all magnitudes from 0 to the largest 64-bit number.</summary>
    [Property(Replay = "1848303,7919", MaxTest = 300)]
    public void Percentiles_AreTheSortedOnes_WithinOneIn128(PositiveInt size, int seed)
    {
        Random random = new(seed);
        int count = 1 + (size.Get * 37 % 3000);
        long[] values = [.. Enumerable.Range(0, count).Select(_ => random.NextInt64() >> random.Next(63))];
        LatencyHistogram histogram = new();
        foreach (long value in values)
            histogram.Record(value);
        Array.Sort(values);
        foreach (double percentile in Percentiles)
        {
            long exact = values[Math.Max(RankOf(percentile, count), 1) - 1];
            long got = histogram.Percentile(percentile);
            Assert.True(got >= exact && got - exact <= exact / 128.0, $"p{percentile} of {count}: {got}, exactly {exact}");
        }
        Assert.Equal((values[0], values[^1], count), (histogram.Min, histogram.Max, histogram.Count));
        Assert.Equal(values.Average(value => (double)value), histogram.Mean, values[^1] * 1e-9);
        Assert.Equal(count, histogram.Buckets().Sum(bucket => bucket.Count));
    }

    /// <summary>⌈percentile · count / 100⌉ in whole hundredths of a percent.</summary>
    private static int RankOf(double percentile, int count) => (int)((((long)Math.Round(percentile * 100) * count) + 9_999) / 10_000);

    [Theory]
    [InlineData(1000, 99.9, 999)]
    [InlineData(10_000, 99.9, 9990)]
    [InlineData(10_000, 99.99, 9999)]
    [InlineData(1000, 50, 500)]
    [InlineData(3, 50, 2)]
    [InlineData(1, 99.9, 1)]
    public void ARank_IsNotOneTooHigh(int count, double percentile, int rank)
    {
        // One slow frame in a thousand is the maximum, not p99.9. The buckets' upper edges tell ranks apart here.
        LatencyHistogram histogram = new();
        for (int i = 0; i < rank; i++)
            histogram.Record(100);
        for (int i = rank; i < count; i++)
            histogram.Record(1_000_000);
        Assert.Equal(100, histogram.Percentile(percentile));
    }

    [Fact]
    public void SmallValues_AreExact_AndNegativeOnesCountAsZero()
    {
        LatencyHistogram histogram = new();
        for (long i = 0; i < 256; i++)
            histogram.Record(i);
        for (int i = 1; i <= 256; i++)
            Assert.Equal(i - 1, histogram.Percentile(i * 100 / 256.0));
        histogram.Record(-5);
        Assert.Equal((0, 257), (histogram.Min, histogram.Count));
    }

    [Fact]
    public void TheLargestValue_HasABucket()
    {
        LatencyHistogram histogram = new();
        histogram.Record(long.MaxValue);
        Assert.Equal(long.MaxValue, histogram.Percentile(50));
    }

    [Fact]
    public void Empty_IsZero_AndClearEmpties()
    {
        LatencyHistogram histogram = new();
        histogram.Record(5000);
        histogram.Clear();
        Assert.Equal((0, 0, 0, 0), (histogram.Percentile(50), histogram.Min, histogram.Max, histogram.Count));
        Assert.True(double.IsNaN(histogram.Mean));
        Assert.Empty(histogram.Buckets());
        histogram.Record(7);
        Assert.Equal((7, 7), (histogram.Min, histogram.Max));
    }
}
