using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Eight neighbouring pixels at a time, a lane each.</summary>
/// <remarks>
/// Additions, multiplications, divisions and square roots alone, as in <see cref="Scene.StableMath"/>, and no fused ones: a lane holds
/// the same bits on every machine. The native minima and maxima differ between machines for NaN only, which no visible pixel has.
/// </remarks>
internal static unsafe class Wide
{
    public const int Lanes = 8;

    /// <summary>0, 1, 2 ... 7.</summary>
    public static Vector256<float> Iota => Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Max(Vector256<float> a, float b) => Vector256.MaxNative(a, Vector256.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Min(Vector256<float> a, float b) => Vector256.MinNative(a, Vector256.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Saturate(Vector256<float> x) => Min(Max(x, 0), 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Lerp(Vector256<float> a, Vector256<float> b, Vector256<float> t) => a + ((b - a) * t);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> SmoothStep(float from, float to, Vector256<float> x)
    {
        Vector256<float> t = Saturate((x - Vector256.Create(from)) / Vector256.Create(to - from));
        return t * t * (Vector256.Create(3f) - (t * 2));
    }

    /// <summary>The pixels' bytes at a multiple of 8 bits, 0..255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Channel(Vector256<uint> pixels, int shift) =>
        Vector256.ConvertToSingle(((pixels >>> shift) & Vector256.Create(255u)).AsInt32());

    /// <summary>The whole part, as a number of an array's element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Whole(Vector256<float> x) => Vector256.ConvertToInt32Native(x);

    /// <summary>Elements that lie anywhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Gather(uint* from, Vector256<int> index)
    {
        if (Avx2.IsSupported)
            return Avx2.GatherVector256(from, index, sizeof(uint));
        Vector256<uint> result = default;
        for (int i = 0; i < Lanes; i++)
            result = result.WithElement(i, from[index[i]]);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Gather(float* from, Vector256<int> index) => Gather((uint*)from, index).AsSingle();

    /// <summary>A linear function of <paramref name="x"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Line(float start, float slope, Vector256<float> x) => Vector256.Create(start) + (x * slope);

    /// <summary>Four neighbours, two in a row and two below, mixed by where between them the points lie.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Mix(
        Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, Vector256<float> fx, Vector256<float> fy) =>
        Lerp(Lerp(a, b, fx), Lerp(c, d, fx), fy);
}
