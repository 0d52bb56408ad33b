using System.Numerics;

namespace EdgeSimToReal.Town.Scene;

/// <summary>SplitMix64: a small random generator whose sequence is fixed by its seed on every machine and .NET version.</summary>
internal struct StableRandom(ulong seed)
{
    private ulong _state = seed;

    public static ulong Hash(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    /// <summary>A hash of lattice coordinates as a number in 0..1.</summary>
    public static float Lattice(int x, int y, uint salt)
    {
        uint h = ((uint)x * 0x8DA6B343) ^ ((uint)y * 0xD8163841) ^ (salt * 0xCB1AB31F);
        h = (h ^ (h >> 15)) * 0x2C1B3C6D;
        h = (h ^ (h >> 12)) * 0x297A2D39;
        return ((h ^ (h >> 15)) >> 8) * (1f / 16777216);
    }

    public ulong Next()
    {
        ulong value = Hash(_state);
        _state += 0x9E3779B97F4A7C15;
        return value;
    }

    /// <summary>Uniform in 0 (included) .. 1 (excluded).</summary>
    public float Unit() => (Next() >> 40) * (1f / 16777216);

    public float Range(float from, float to) => from + ((to - from) * Unit());

    public int Int(int count) => (int)((Next() >> 33) % (ulong)count);

    public bool Chance(float probability) => Unit() < probability;

    public T Pick<T>(ReadOnlySpan<T> items) => items[Int(items.Length)];

    /// <summary>A point on the unit sphere.</summary>
    public Vector3 Direction()
    {
        float z = Range(-1, 1), angle = Range(0, 6.2831853f), r = MathF.Sqrt(1 - (z * z));
        return new Vector3(r * StableMath.Cos(angle), r * StableMath.Sin(angle), z);
    }
}
