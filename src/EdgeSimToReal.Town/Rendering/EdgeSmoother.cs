using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Softens stair-steps: where brightness jumps across a pixel, the pixel is mixed with its neighbours along the jump's normal.</summary>
/// <remarks>A small relative of FXAA (Lottes 2009): one pass, a 3x3 neighbourhood, bytes only.</remarks>
internal static unsafe class EdgeSmoother
{
    private const int Threshold = 14;

    /// <summary>Smooths some rows of a picture.</summary>
    /// <param name="source">The picture; a vector that starts at a row's last pixel can be read.</param>
    /// <param name="stride">Pixels from one of its rows to the next.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="bgra">The smoothed picture, [height, width, 4].</param>
    /// <param name="top">The first row.</param>
    /// <param name="bottom">The row after the last.</param>
    public static void Apply(uint* source, int stride, int width, int height, byte[] bgra, int top, int bottom)
    {
        Span<uint> target = MemoryMarshal.Cast<byte, uint>(bgra.AsSpan(0, width * height * 4));
        Span<uint> tail = stackalloc uint[Wide.Lanes];
        for (int y = top; y < bottom; y++)
        {
            uint* row = source + ((long)y * stride);
            Span<uint> to = target.Slice(y * width, width);
            if (y == 0 || y == height - 1 || width < 3)
            {
                new ReadOnlySpan<uint>(row, width).CopyTo(to);
                continue;
            }
            to[0] = row[0];
            to[width - 1] = row[width - 1];
            int x = 1;
            for (; x + Wide.Lanes < width; x += Wide.Lanes)
                Smooth(row + x, stride).CopyTo(to[x..]);
            Smooth(row + x, stride).CopyTo(tail);
            tail[..(width - 1 - x)].CopyTo(to[x..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Smooth(uint* at, int stride)
    {
        Vector256<uint> own = Vector256.Load(at), above = Vector256.Load(at - stride), below = Vector256.Load(at + stride);
        Vector256<uint> left = Vector256.Load(at - 1), right = Vector256.Load(at + 1);
        Vector256<int> middle = Luma(own), north = Luma(above), south = Luma(below), west = Luma(left), east = Luma(right);
        Vector256<int> high = Vector256.Max(Vector256.Max(Vector256.Max(north, south), Vector256.Max(west, east)), middle);
        Vector256<int> low = Vector256.Min(Vector256.Min(Vector256.Min(north, south), Vector256.Min(west, east)), middle);
        Vector256<int> calm = Vector256.LessThan(high - low, Vector256.Max(Vector256.Create(Threshold), high >> 3));
        if (calm == Vector256<int>.AllBitsSet)
            return own;
        // Half own, half a cross of four: a tent over the pixel's neighbourhood, strongest where the contrast is.
        Vector256<uint> vertical = Mean(above, below), horizontal = Mean(left, right);
        Vector256<int> jumpVertical = Vector256.Abs(north - south), jumpHorizontal = Vector256.Abs(west - east);
        Vector256<uint> side = Vector256.ConditionalSelect(
            Vector256.GreaterThan(jumpVertical, jumpHorizontal << 1).AsUInt32(),
            vertical,
            Vector256.ConditionalSelect(
                Vector256.GreaterThan(jumpHorizontal, jumpVertical << 1).AsUInt32(), horizontal, Mean(vertical, horizontal)));
        Vector256<uint> smooth = Mean(own, Mean(own, side)) | Vector256.Create(0xFF000000);
        return Vector256.ConditionalSelect(calm.AsUInt32(), own, smooth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Luma(Vector256<uint> c)
    {
        Vector256<uint> low = Vector256.Create(255u);
        return (((((c >>> 16) & low) << 1) + (((c >>> 8) & low) * 5) + (c & low)) >>> 3).AsInt32();
    }

    /// <summary>Per-byte mean of two pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Mean(Vector256<uint> a, Vector256<uint> b) => (a & b) + (((a ^ b) & Vector256.Create(0xFEFEFEFE)) >>> 1);
}
