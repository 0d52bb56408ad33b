namespace EdgeSimToReal.Core;

/// <summary>Picks a few of many so that they lie far apart: neighbours of a recording are alike.</summary>
public static class EvenlySpaced
{
    /// <summary>Indices floor(i · total / count) for i = 0 … count - 1, ascending, the first one 0.</summary>
    /// <param name="count">How many are wanted, at least 0; all where there are fewer.</param>
    /// <param name="total">How many there are, at least 0.</param>
    /// <returns>min(count, total) different indices from 0 to total - 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative number.</exception>
    public static IEnumerable<int> Indices(int count, int total)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(total);
        int picked = Math.Min(count, total);
        return Enumerable.Range(0, picked).Select(i => (int)((long)i * total / picked));
    }
}
