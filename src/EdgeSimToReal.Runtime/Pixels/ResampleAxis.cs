namespace EdgeSimToReal.Runtime.Pixels;

/// <summary>Resamples one axis: each target pixel is a weighted sum of <see cref="Taps"/> neighbouring source pixels.</summary>
/// <remarks>
/// Triangle filter, edges on edges (pixel centres at half-integers). Enlarging, this is bilinear interpolation; shrinking, the
/// triangle widens with the ratio, so that every source pixel counts and fine detail does not alias. Weights outside the axis are
/// dropped and the rest scaled to sum 1.
/// </remarks>
internal sealed class ResampleAxis
{
    /// <summary>Computes the tables.</summary>
    /// <param name="source">Source pixels, at least 1.</param>
    /// <param name="target">Target pixels, at least 1.</param>
    public ResampleAxis(int source, int target)
    {
        double ratio = (double)source / target;
        double support = Math.Max(ratio, 1);
        (int First, int Last)[] windows = new (int, int)[target];
        for (int i = 0; i < target; i++)
        {
            // Strictly inside the triangle: a tap at its foot has weight 0 and would only cost time.
            double centre = (i + 0.5) * ratio - 0.5;
            int first = Math.Clamp((int)Math.Floor(centre - support) + 1, 0, source - 1);
            int last = Math.Clamp((int)Math.Ceiling(centre + support) - 1, first, source - 1);
            windows[i] = (first, last);
            Taps = Math.Max(Taps, last - first + 1);
        }

        // Every target pixel gets the same number of taps, so that the inner loops have no branch: short windows get zeros,
        // and near the end the window is moved inwards rather than read past the axis.
        Start = new int[target];
        Weights = new float[target * Taps];
        for (int i = 0; i < target; i++)
        {
            (int first, int last) = windows[i];
            double centre = (i + 0.5) * ratio - 0.5;
            double sum = 0;
            for (int j = first; j <= last; j++)
                sum += Triangle(j - centre, support);
            Start[i] = Math.Min(first, source - Taps);
            for (int j = first; j <= last; j++)
                Weights[i * Taps + j - Start[i]] = (float)(Triangle(j - centre, support) / sum);
        }
    }

    private ResampleAxis(int[] start, float[] weights, int taps) => (Start, Weights, Taps) = (start, weights, taps);

    /// <summary>The first source pixel of each target pixel; never falls; at most source − <see cref="Taps"/>.</summary>
    public int[] Start { get; }

    /// <summary>The weights, [target, <see cref="Taps"/>]; each row sums to 1.</summary>
    public float[] Weights { get; }

    /// <summary>Source pixels per target pixel.</summary>
    public int Taps { get; }

    /// <summary>The axis within longer ones, for devices, which do cuts and repeated edges by table.</summary>
    /// <param name="sourceOffset">Source pixels before the axis's.</param>
    /// <param name="before">Target pixels before the axis's; they repeat its first.</param>
    /// <param name="total">All target pixels; those after the axis's repeat its last.</param>
    public ResampleAxis Place(int sourceOffset, int before, int total)
    {
        int[] start = new int[total];
        float[] weights = new float[total * Taps];
        for (int i = 0; i < total; i++)
        {
            int at = Math.Clamp(i - before, 0, Start.Length - 1);
            start[i] = sourceOffset + Start[at];
            Weights.AsSpan(at * Taps, Taps).CopyTo(weights.AsSpan(i * Taps));
        }
        return new ResampleAxis(start, weights, Taps);
    }

    private static double Triangle(double distance, double support) => Math.Max(0, 1 - Math.Abs(distance) / support);
}
