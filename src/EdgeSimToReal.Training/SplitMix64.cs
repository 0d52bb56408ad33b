namespace EdgeSimToReal.Training;

/// <summary>A small generator (SplitMix64, Steele et al. 2014) whose every number follows from its seed on every platform.</summary>
/// <param name="seed">Any 64 bits; neighbouring seeds give unrelated numbers.</param>
internal struct SplitMix64(long seed)
{
    private const ulong Step = 0x9e3779b97f4a7c15;

    private ulong _state = (ulong)seed;

    /// <summary>The generator's output function: a bijection that spreads every bit over all others.</summary>
    public static ulong Mix(ulong value)
    {
        value += Step;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }

    public ulong Next()
    {
        ulong value = Mix(_state);
        _state += Step;
        return value;
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [from, to).</summary>
    public double NextDouble(double from, double to) => from + ((to - from) * NextDouble());

    /// <summary>Uniform in 0 … count - 1.</summary>
    public int NextInt(int count) => (int)(((UInt128)Next() * (uint)count) >> 64);

    /// <summary>Shuffles (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary>Adds N(0, deviation²) to every value (Box and Muller).</summary>
    public void AddNormal(Span<float> values, float deviation)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            ulong bits = Next();
            // 1 - u lies in (0, 1]: its logarithm is finite.
            float radius = deviation * MathF.Sqrt(-2 * MathF.Log(1 - ((bits >> 40) * (1f / (1 << 24)))));
            (float sine, float cosine) = MathF.SinCos(((uint)bits >> 8) * (MathF.Tau / (1 << 24)));
            values[i] += radius * cosine;
            if (i + 1 < values.Length)
                values[i + 1] += radius * sine;
        }
    }
}
