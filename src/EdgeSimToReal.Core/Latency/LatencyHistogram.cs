using System.Numerics;

namespace EdgeSimToReal.Core.Latency;

/// <summary>Durations in buckets of constant relative width: any percentile of a long run to within 1 in 128, in fixed memory.</summary>
/// <remarks>
/// Values are nanoseconds. Recording is one array increment, without allocation or lock, for one writer thread. Below 256 ns the
/// buckets are exact; above, each power of two is split into 128.
/// </remarks>
public sealed class LatencyHistogram
{
    private const int SubBits = 7;
    private const int Exact = 1 << (SubBits + 1);
    private readonly long[] _counts = new long[Exact + ((63 - SubBits) << SubBits)];
    private double _sum;

    /// <summary>Number of recorded values.</summary>
    public long Count { get; private set; }

    /// <summary>Largest value in nanoseconds, exact; 0 when empty.</summary>
    public long Max { get; private set; }

    /// <summary>Smallest value in nanoseconds, exact; 0 when empty.</summary>
    public long Min { get; private set; }

    /// <summary>Mean in nanoseconds; NaN when empty.</summary>
    public double Mean => Count == 0 ? double.NaN : _sum / Count;

    /// <summary>Records one duration.</summary>
    /// <param name="nanoseconds">The duration; negative values count as 0.</param>
    public void Record(long nanoseconds)
    {
        long value = Math.Max(nanoseconds, 0);
        _counts[IndexOf(value)]++;
        Min = Count == 0 ? value : Math.Min(Min, value);
        Max = Math.Max(Max, value);
        _sum += value;
        Count++;
    }

    /// <summary>The value below or at which the given share of the recorded values lies, in nanoseconds.</summary>
    /// <param name="percentile">0..100.</param>
    /// <returns>The upper edge of the bucket, at most <see cref="Max"/>; 0 when empty.</returns>
    public long Percentile(double percentile)
    {
        if (Count == 0)
            return 0;
        // In decimal: 99.9 % of 1,000 is 999, but 99.9 / 100 * 1000 in binary is a little more, and its ceiling the maximum.
        long rank = Math.Clamp((long)Math.Ceiling((decimal)percentile * Count / 100), 1, Count);
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
                return Math.Clamp(UpperEdge(i), Min, Max);
        }
        return Max;
    }

    /// <summary>The non-empty buckets in order, for plots.</summary>
    /// <returns>Upper edge in nanoseconds and count of each.</returns>
    public IEnumerable<(long UpperNanoseconds, long Count)> Buckets()
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] > 0)
                yield return (UpperEdge(i), _counts[i]);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        (Count, Min, Max, _sum) = (0, 0, 0, 0);
    }

    private static int IndexOf(long value)
    {
        if (value < Exact)
            return (int)value;
        int log = 63 - BitOperations.LeadingZeroCount((ulong)value);
        int shift = log - SubBits;
        return Exact + ((shift - 1) << SubBits) + (int)((value >> shift) - (1 << SubBits));
    }

    private static long UpperEdge(int index)
    {
        if (index < Exact)
            return index;
        int shift = ((index - Exact) >> SubBits) + 1;
        long mantissa = ((index - Exact) & ((1 << SubBits) - 1)) + (1 << SubBits);
        return ((mantissa + 1) << shift) - 1;
    }
}
