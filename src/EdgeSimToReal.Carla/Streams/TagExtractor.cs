using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeSimToReal.Carla.Streams;

/// <summary>Takes the class ids out of a semantic camera's picture: the red byte of each pixel.</summary>
public static class TagExtractor
{
    /// <summary>Copies the red bytes.</summary>
    /// <param name="bgra">Pixels B, G, R, A, [Height, Width, 4].</param>
    /// <param name="tags">One id a pixel, [Height, Width].</param>
    public static void Extract(ReadOnlySpan<byte> bgra, Span<byte> tags)
    {
        ReadOnlySpan<uint> pixels = MemoryMarshal.Cast<byte, uint>(bgra)[..tags.Length];
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<uint> mask = Vector256.Create(0xFFu);
            for (; i <= pixels.Length - 32; i += 32)
            {
                ReadOnlySpan<uint> at = pixels[i..];
                Vector256<ushort> low = Vector256.Narrow(Red(at, 0, mask), Red(at, 8, mask));
                Vector256<ushort> high = Vector256.Narrow(Red(at, 16, mask), Red(at, 24, mask));
                Vector256.Narrow(low, high).CopyTo(tags[i..]);
            }
        }
        for (; i < pixels.Length; i++)
            tags[i] = (byte)(pixels[i] >> 16);
    }

    private static Vector256<uint> Red(ReadOnlySpan<uint> pixels, int offset, Vector256<uint> mask) =>
        Vector256.ShiftRightLogical(Vector256.Create(pixels[offset..]), 16) & mask;
}
