using System.Diagnostics;
using EdgeSimToReal.Core.Latency;

namespace EdgeSimToReal.Benchmarks;

/// <summary>Times an action repeatedly.</summary>
internal static class Timing
{
    /// <summary>Milliseconds of each percentile.</summary>
    public readonly record struct Result(double P50, double P90, double P99, double Best);

    /// <summary>Runs the action for warm-up, then until both the least number of runs and the least time are reached.</summary>
    public static Result Measure(Action action, int warmUp = 8, int least = 30, double seconds = 4)
    {
        for (int i = 0; i < warmUp; i++)
            action();
        LatencyHistogram histogram = new();
        long start = Stopwatch.GetTimestamp();
        while (histogram.Count < least || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            long before = Stopwatch.GetTimestamp();
            action();
            histogram.Record((long)Stopwatch.GetElapsedTime(before).TotalNanoseconds);
        }
        return new Result(histogram.Percentile(50) / 1e6, histogram.Percentile(90) / 1e6, histogram.Percentile(99) / 1e6, histogram.Min / 1e6);
    }
}
