using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeSimToReal.Runtime.Pixels;

/// <summary>Bytes to planes and back, pixel by pixel.</summary>
internal static partial class PixelKernels
{
    /// <summary>BGRA8 to three normalised planes.</summary>
    /// <param name="bgra">Bytes, [n, 4].</param>
    /// <param name="red">Values in [−1, 1], [n].</param>
    /// <param name="green">The same.</param>
    /// <param name="blue">The same; its length is the number of pixels.</param>
    /// <param name="level">Vector width.</param>
    public static void ToPlanes(ReadOnlySpan<byte> bgra, Span<float> red, Span<float> green, Span<float> blue, SimdLevel level)
    {
        int n = blue.Length;
        int i = 0;
        ref uint source = ref Unsafe.As<byte, uint>(ref MemoryMarshal.GetReference(bgra));
        ref float r = ref MemoryMarshal.GetReference(red);
        ref float g = ref MemoryMarshal.GetReference(green);
        ref float b = ref MemoryMarshal.GetReference(blue);
        if (Vector512.IsHardwareAccelerated && level >= SimdLevel.Vector512)
        {
            for (; i <= n - 16; i += 16)
            {
                Vector512<uint> pixels = Vector512.LoadUnsafe(ref source, (nuint)i);
                Normalise((pixels >> 16) & Vector512.Create(255u)).StoreUnsafe(ref r, (nuint)i);
                Normalise((pixels >> 8) & Vector512.Create(255u)).StoreUnsafe(ref g, (nuint)i);
                Normalise(pixels & Vector512.Create(255u)).StoreUnsafe(ref b, (nuint)i);
            }
        }
        if (Vector256.IsHardwareAccelerated && level >= SimdLevel.Vector256)
        {
            for (; i <= n - 8; i += 8)
            {
                Vector256<uint> pixels = Vector256.LoadUnsafe(ref source, (nuint)i);
                Normalise((pixels >> 16) & Vector256.Create(255u)).StoreUnsafe(ref r, (nuint)i);
                Normalise((pixels >> 8) & Vector256.Create(255u)).StoreUnsafe(ref g, (nuint)i);
                Normalise(pixels & Vector256.Create(255u)).StoreUnsafe(ref b, (nuint)i);
            }
        }
        if (Vector128.IsHardwareAccelerated && level >= SimdLevel.Vector128)
        {
            for (; i <= n - 4; i += 4)
            {
                Vector128<uint> pixels = Vector128.LoadUnsafe(ref source, (nuint)i);
                Normalise((pixels >> 16) & Vector128.Create(255u)).StoreUnsafe(ref r, (nuint)i);
                Normalise((pixels >> 8) & Vector128.Create(255u)).StoreUnsafe(ref g, (nuint)i);
                Normalise(pixels & Vector128.Create(255u)).StoreUnsafe(ref b, (nuint)i);
            }
        }
        for (; i < n; i++)
        {
            blue[i] = Normalise(bgra[4 * i]);
            green[i] = Normalise(bgra[4 * i + 1]);
            red[i] = Normalise(bgra[4 * i + 2]);
        }
    }

    /// <summary>Three planes to BGRA8: (x + 1) · 127.5 rounded, clamped, NaN as 0, alpha 255.</summary>
    /// <param name="red">Values, [n].</param>
    /// <param name="green">The same.</param>
    /// <param name="blue">The same; its length is the number of pixels.</param>
    /// <param name="bgra">Bytes, [n, 4].</param>
    /// <param name="level">Vector width.</param>
    public static void ToBytes(
        ReadOnlySpan<float> red, ReadOnlySpan<float> green, ReadOnlySpan<float> blue, Span<byte> bgra, SimdLevel level)
    {
        const uint Opaque = 0xFF000000;
        int n = blue.Length;
        int i = 0;
        ref uint target = ref Unsafe.As<byte, uint>(ref MemoryMarshal.GetReference(bgra));
        ref float r = ref MemoryMarshal.GetReference(red);
        ref float g = ref MemoryMarshal.GetReference(green);
        ref float b = ref MemoryMarshal.GetReference(blue);
        // ConvertToInt32Native: the values are finite and in range, so the saturating conversion's extra instructions buy nothing.
        if (Vector512.IsHardwareAccelerated && level >= SimdLevel.Vector512)
        {
            for (; i <= n - 16; i += 16)
            {
                Vector512<uint> pixels = Vector512.Create(Opaque)
                    | (Vector512.ConvertToInt32Native(Quantise(Vector512.LoadUnsafe(ref r, (nuint)i))).AsUInt32() << 16)
                    | (Vector512.ConvertToInt32Native(Quantise(Vector512.LoadUnsafe(ref g, (nuint)i))).AsUInt32() << 8)
                    | Vector512.ConvertToInt32Native(Quantise(Vector512.LoadUnsafe(ref b, (nuint)i))).AsUInt32();
                pixels.StoreUnsafe(ref target, (nuint)i);
            }
        }
        if (Vector256.IsHardwareAccelerated && level >= SimdLevel.Vector256)
        {
            for (; i <= n - 8; i += 8)
            {
                Vector256<uint> pixels = Vector256.Create(Opaque)
                    | (Vector256.ConvertToInt32Native(Quantise(Vector256.LoadUnsafe(ref r, (nuint)i))).AsUInt32() << 16)
                    | (Vector256.ConvertToInt32Native(Quantise(Vector256.LoadUnsafe(ref g, (nuint)i))).AsUInt32() << 8)
                    | Vector256.ConvertToInt32Native(Quantise(Vector256.LoadUnsafe(ref b, (nuint)i))).AsUInt32();
                pixels.StoreUnsafe(ref target, (nuint)i);
            }
        }
        if (Vector128.IsHardwareAccelerated && level >= SimdLevel.Vector128)
        {
            for (; i <= n - 4; i += 4)
            {
                Vector128<uint> pixels = Vector128.Create(Opaque)
                    | (Vector128.ConvertToInt32Native(Quantise(Vector128.LoadUnsafe(ref r, (nuint)i))).AsUInt32() << 16)
                    | (Vector128.ConvertToInt32Native(Quantise(Vector128.LoadUnsafe(ref g, (nuint)i))).AsUInt32() << 8)
                    | Vector128.ConvertToInt32Native(Quantise(Vector128.LoadUnsafe(ref b, (nuint)i))).AsUInt32();
                pixels.StoreUnsafe(ref target, (nuint)i);
            }
        }
        for (; i < n; i++)
        {
            bgra[4 * i] = (byte)Quantise(blue[i]);
            bgra[4 * i + 1] = (byte)Quantise(green[i]);
            bgra[4 * i + 2] = (byte)Quantise(red[i]);
            bgra[4 * i + 3] = 255;
        }
    }

    // The bytes arrive as signed integers, whose conversion is one instruction at every width; that of unsigned ones is not.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Normalise(Vector512<uint> bytes) =>
        (Vector512.ConvertToSingle(bytes.AsInt32()) - Vector512.Create(Centre)) * Vector512.Create(InverseCentre);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Normalise(Vector256<uint> bytes) =>
        (Vector256.ConvertToSingle(bytes.AsInt32()) - Vector256.Create(Centre)) * Vector256.Create(InverseCentre);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Normalise(Vector128<uint> bytes) =>
        (Vector128.ConvertToSingle(bytes.AsInt32()) - Vector128.Create(Centre)) * Vector128.Create(InverseCentre);
}
