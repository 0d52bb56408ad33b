using EdgeSimToReal.Runtime.Cuda;

namespace EdgeSimToReal.GpuCheck;

/// <summary>Times of queued work, by events on the device.</summary>
internal static class DeviceTime
{
    // Events tell times to about half a microsecond; a figure must not be 0.
    private const double Least = 1e-4;

    /// <summary>The median in milliseconds.</summary>
    /// <param name="stream">Where the work queues up.</param>
    /// <param name="work">Queues it.</param>
    /// <param name="times">How often.</param>
    public static double Median(CudaStream stream, Action work, int times)
    {
        using CudaEvent start = new(stream.Device, timing: true), end = new(stream.Device, timing: true);
        work();
        double[] all = new double[times];
        for (int i = 0; i < times; i++)
        {
            start.Record(stream);
            work();
            end.Record(stream);
            end.Synchronize();
            all[i] = Math.Max(Least, end.MillisecondsSince(start));
        }
        return Of(all).P50;
    }

    /// <summary>Median and 99th percentile.</summary>
    /// <param name="milliseconds">Values, at least 1; sorted by this.</param>
    public static Spread Of(double[] milliseconds)
    {
        Array.Sort(milliseconds);
        return new Spread(milliseconds[milliseconds.Length / 2], milliseconds[(int)((milliseconds.Length - 1) * 0.99)]);
    }
}
