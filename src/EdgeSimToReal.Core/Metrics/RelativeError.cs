namespace EdgeSimToReal.Core.Metrics;

/// <summary>How far numbers are off, as a share of what they should be.</summary>
public static class RelativeError
{
    /// <summary>‖actual - expected‖₂ / ‖expected‖₂, summed in double.</summary>
    /// <param name="actual">Any shape, flat.</param>
    /// <param name="expected">As many values; not all 0.</param>
    /// <returns>0 for equal values; NaN where a value is.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double L2(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        if (actual.Length != expected.Length)
            throw new ArgumentException($"{actual.Length} values for {expected.Length}.", nameof(actual));
        double difference = 0, norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double off = (double)actual[i] - expected[i];
            difference += off * off;
            norm += (double)expected[i] * expected[i];
        }
        return Math.Sqrt(difference / norm);
    }
}
