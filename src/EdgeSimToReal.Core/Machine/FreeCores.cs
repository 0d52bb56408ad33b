using System.Diagnostics;
using System.Globalization;

namespace EdgeSimToReal.Core.Machine;

/// <summary>How many cores other programs leave.</summary>
public static class FreeCores
{
    private const string StatisticsPath = "/proc/stat";
    private const double TicksPerSecond = 100; // USER_HZ, fixed in the kernel's interface
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(300);

    /// <summary>Cores that this process may use and that others did not use in the last 0.3 s, rounded; at least 1.</summary>
    /// <remarks>Waits for 0.3 s. Where the system does not report its load all cores that the process may use count as free.</remarks>
    public static int Measure()
    {
        int allowed = Environment.ProcessorCount;
        if (allowed == 1 || Busy() is not { } before)
            return allowed;
        TimeSpan own = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        Thread.Sleep(Window);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double others = (Busy() ?? before) - before - (Environment.CpuUsage.TotalTime - own).TotalSeconds;
        return FromLoad(allowed, others / seconds);
    }

    /// <summary>Free cores beside a load.</summary>
    /// <param name="allowed">Cores that this process may use, at least 1.</param>
    /// <param name="others">Cores that other programs keep busy, on average.</param>
    public static int FromLoad(int allowed, double others) =>
        Math.Clamp((int)Math.Round(allowed - others, MidpointRounding.AwayFromZero), 1, allowed);

    /// <summary>Seconds that all cores together were busy since the start of the system; null where it does not report them.</summary>
    private static double? Busy()
    {
        try
        {
            // "cpu user nice system idle iowait irq softirq steal …": all but idle and iowait.
            string? line = File.Exists(StatisticsPath) ? File.ReadLines(StatisticsPath).FirstOrDefault() : null;
            double[] ticks = [.. (line ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
                .Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
            return ticks.Length == 8 ? (ticks.Sum() - ticks[3] - ticks[4]) / TicksPerSecond : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}
