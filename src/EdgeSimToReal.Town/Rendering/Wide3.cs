using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Eight vectors or colours (blue, green, red), a component a register.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct Wide3(Vector256<float> x, Vector256<float> y, Vector256<float> z)
{
    public readonly Vector256<float> X = x;
    public readonly Vector256<float> Y = y;
    public readonly Vector256<float> Z = z;

    /// <summary>The same in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Wide3(Vector3 v)
        : this(Vector256.Create(v.X), Vector256.Create(v.Y), Vector256.Create(v.Z))
    {
    }

    /// <summary>The same colour in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Wide3(Vector4 colour)
        : this(Vector256.Create(colour.X), Vector256.Create(colour.Y), Vector256.Create(colour.Z))
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3 operator +(Wide3 a, Wide3 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3 operator -(Wide3 a, Wide3 b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3 operator *(Wide3 a, Wide3 b) => new(a.X * b.X, a.Y * b.Y, a.Z * b.Z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3 operator *(Wide3 a, Vector256<float> b) => new(a.X * b, a.Y * b, a.Z * b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3 operator *(Wide3 a, float b) => a * Vector256.Create(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Dot(Wide3 a, Wide3 b) => (a.X * b.X) + (a.Y * b.Y) + (a.Z * b.Z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3 Lerp(Wide3 a, Wide3 b, Vector256<float> t) => a + ((b - a) * t);

    /// <summary>Unit vectors; straight up where the length is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3 Normalize(Wide3 v)
    {
        Vector256<float> length = Vector256.Sqrt(Dot(v, v));
        return Select(
            Vector256.GreaterThan(length, Vector256<float>.Zero),
            new Wide3(v.X / length, v.Y / length, v.Z / length),
            new Wide3(Vector3.UnitZ));
    }

    /// <summary><paramref name="a"/> in the lanes of the mask, else <paramref name="b"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3 Select(Vector256<float> mask, Wide3 a, Wide3 b) => new(
        Vector256.ConditionalSelect(mask, a.X, b.X),
        Vector256.ConditionalSelect(mask, a.Y, b.Y),
        Vector256.ConditionalSelect(mask, a.Z, b.Z));
}
