using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeSimToReal.Runtime.Pixels;

/// <summary>The inner loops: one row, or one run of pixels, a call.</summary>
/// <remarks>
/// Each loop runs its widest vectors first, then narrower ones, then the scalar tail, which from element 0 on is the scalar twin.
/// Every step rounds alike at each width (fused multiply-add is asked for by name, never left to the compiler), so all levels give
/// the same bits. Callers have checked all lengths; nothing here does.
/// </remarks>
internal static partial class PixelKernels
{
    // Normalised = (byte − 127.5) / 127.5. The subtraction is exact in fp32, so the one rounding left is that of the product:
    // within 1 ulp of the quotient, and 0 and 255 give exactly −1 and 1.
    private const float Centre = 127.5f;
    private const float InverseCentre = 1 / 127.5f;

    // Added before the truncation to an integer, half a step makes it a rounding.
    private const float Half = 0.5f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Normalise(float value) => (value - Centre) * InverseCentre;

    // A value of the network in [−1, 1] to [0.5, 255.5] (then a truncation rounds); NaN counts as −1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Quantise(float value)
    {
        float scaled = MathF.FusedMultiplyAdd(value, Centre, Centre + Half);
        return !(scaled > Half) ? Half : scaled < 255 + Half ? scaled : 255 + Half;
    }

    // MaxNative and MinNative are one instruction each. On x86 they give the second operand where the first is NaN, which is what
    // is wanted here; NEON's would keep the NaN, so there it is replaced first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quantise(Vector512<float> value)
    {
        Vector512<float> scaled = Vector512.FusedMultiplyAdd(value, Vector512.Create(Centre), Vector512.Create(Centre + Half));
        return Vector512.MinNative(Vector512.MaxNative(scaled, Vector512.Create(Half)), Vector512.Create(255 + Half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Quantise(Vector256<float> value)
    {
        Vector256<float> scaled = Vector256.FusedMultiplyAdd(value, Vector256.Create(Centre), Vector256.Create(Centre + Half));
        return Vector256.MinNative(Vector256.MaxNative(scaled, Vector256.Create(Half)), Vector256.Create(255 + Half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Quantise(Vector128<float> value)
    {
        Vector128<float> scaled = Vector128.FusedMultiplyAdd(value, Vector128.Create(Centre), Vector128.Create(Centre + Half));
        if (!Sse.IsSupported)
            scaled = Vector128.ConditionalSelect(Vector128.Equals(scaled, scaled), scaled, Vector128.Create(Half));
        return Vector128.MinNative(Vector128.MaxNative(scaled, Vector128.Create(Half)), Vector128.Create(255 + Half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Normalise(Vector128<float> value) =>
        (value - Vector128.Create(Centre)) * Vector128.Create(InverseCentre);

    // sum + the pixel of four floats at a place · the weight at a place.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Add(Vector128<float> sum, ref float pixels, nuint pixel, ref float weights, nuint weight) =>
        Vector128.FusedMultiplyAdd(Vector128.LoadUnsafe(ref pixels, 4 * pixel), Vector128.Create(Unsafe.Add(ref weights, weight)), sum);

    // Four rows of four to four columns of four.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector128<float> a, ref Vector128<float> b, ref Vector128<float> c, ref Vector128<float> d)
    {
        Vector128<float> abLow = InterleaveLow(a, b);
        Vector128<float> cdLow = InterleaveLow(c, d);
        Vector128<float> abHigh = InterleaveHigh(a, b);
        Vector128<float> cdHigh = InterleaveHigh(c, d);
        a = LowHalves(abLow, cdLow);
        b = HighHalves(abLow, cdLow);
        c = LowHalves(abHigh, cdHigh);
        d = HighHalves(abHigh, cdHigh);
    }

    // By name where there is an instruction: put together from halves, the vectors would pass through memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> LowHalves(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.MoveLowToHigh(a, b) : Vector128.Create(a.GetLower(), b.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> HighHalves(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.MoveHighToLow(b, a) : Vector128.Create(a.GetUpper(), b.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveLow(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : Vector128.ConditionalSelect(
            Vector128.Create(-1, 0, -1, 0).AsSingle(),
            Vector128.Shuffle(a, Vector128.Create(0, 0, 1, 1)),
            Vector128.Shuffle(b, Vector128.Create(0, 0, 1, 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveHigh(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : Vector128.ConditionalSelect(
            Vector128.Create(-1, 0, -1, 0).AsSingle(),
            Vector128.Shuffle(a, Vector128.Create(2, 2, 3, 3)),
            Vector128.Shuffle(b, Vector128.Create(2, 2, 3, 3)));

    // The element of a buffer at an index that the caller has checked.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref T At<T>(ReadOnlySpan<T> buffer, int index = 0) => ref Unsafe.Add(ref MemoryMarshal.GetReference(buffer), index);
}
