using System.Text;
using EdgeSimToReal.Core.Metrics;

namespace EdgeSimToReal.TestSupport;

/// <summary>Values that follow from a name: the formula of the golden vectors (fnv1a64 of the name, then splitmix64).</summary>
public static class GoldenTensor
{
    /// <summary>offset + scale·u for each element, u in [-1, 1).</summary>
    public static float[] Create(string name, int count, double scale, double offset = 0)
    {
        float[] values = new float[count];
        ulong seed = Hash(name);
        for (int i = 0; i < count; i++)
            values[i] = (float)(offset + (scale * Uniform(seed, (ulong)i)));
        return values;
    }

    /// <summary>min(⌊classes·(u+1)/2⌋, classes - 1) for each element.</summary>
    public static int[] Labels(string name, int count, int classes)
    {
        ulong seed = Hash(name);
        return [.. Enumerable.Range(0, count).Select(i => Math.Min((int)(classes * (Uniform(seed, (ulong)i) + 1) / 2), classes - 1))];
    }

    /// <summary>The i-th u of a name, in [-1, 1).</summary>
    public static double Uniform(string name, int index) => Uniform(Hash(name), (ulong)index);

    /// <summary>‖a - b‖₂ / ‖b‖₂.</summary>
    public static double RelativeL2(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected) => RelativeError.L2(actual, expected);

    private static ulong Hash(string name)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte b in Encoding.UTF8.GetBytes(name))
            hash = (hash ^ b) * 0x100000001B3;
        return hash;
    }

    private static double Uniform(ulong seed, ulong index)
    {
        ulong z = unchecked(seed + ((index + 1) * 0x9E3779B97F4A7C15));
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return ((z >> 11) * Math.Pow(2, -53) * 2) - 1;
    }
}
