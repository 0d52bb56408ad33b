using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EdgeSimToReal.Town.Server;

/// <summary>Sleeps until a moment of the stopwatch's clock without spinning.</summary>
/// <remarks>
/// Linux' clock_nanosleep to an absolute time is within about 0.1 ms; Thread.Sleep counts whole milliseconds, which would cost 1000
/// frames a second half of them. .NET's stopwatch reads the same clock there.
/// </remarks>
internal static partial class MonotonicClock
{
    private const int Monotonic = 1;
    private const int AbsoluteTime = 1;
    private const long Nanoseconds = 1_000_000_000;

    /// <summary>Sleeps until <paramref name="stamp"/> or until <paramref name="isWoken"/>, which is asked every few milliseconds.</summary>
    public static void SleepUntil(long stamp, Func<bool> isWoken)
    {
        long slice = Stopwatch.Frequency / 100;
        while (!isWoken())
        {
            long now = Stopwatch.GetTimestamp();
            if (now >= stamp)
                return;
            long until = Math.Min(stamp, now + slice);
            if (!OperatingSystem.IsLinux())
            {
                Thread.Sleep(TimeSpan.FromSeconds((until - now) / (double)Stopwatch.Frequency));
                continue;
            }
            Timespec at = new() { Seconds = until / Nanoseconds, Nanoseconds = until % Nanoseconds };
            _ = ClockNanosleep(Monotonic, AbsoluteTime, in at, 0);
        }
    }

    // 64-bit time on every Linux that .NET runs on with 64 bits; the project targets linux-x64.
    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, in Timespec request, nint remain);

    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
