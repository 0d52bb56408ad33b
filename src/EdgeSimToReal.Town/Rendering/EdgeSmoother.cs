using System.Runtime.InteropServices;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Softens stair-steps: where brightness jumps across a pixel, the pixel is mixed with its neighbours along the jump's normal.</summary>
/// <remarks>A small relative of FXAA (Lottes 2009): one pass, a 3x3 neighbourhood, bytes only.</remarks>
internal static unsafe class EdgeSmoother
{
    private const int Threshold = 14;

    public static void Apply(uint* source, int width, int height, byte[] bgra, int top, int bottom)
    {
        Span<uint> target = MemoryMarshal.Cast<byte, uint>(bgra.AsSpan(0, width * height * 4));
        for (int y = top; y < bottom; y++)
        {
            uint* row = source + ((long)y * width);
            Span<uint> to = target.Slice(y * width, width);
            if (y == 0 || y == height - 1 || width < 3)
            {
                new ReadOnlySpan<uint>(row, width).CopyTo(to);
                continue;
            }
            uint* above = row - width;
            uint* below = row + width;
            to[0] = row[0];
            to[width - 1] = row[width - 1];
            for (int x = 1; x < width - 1; x++)
            {
                uint own = row[x];
                int middle = Luma(own), north = Luma(above[x]), south = Luma(below[x]), west = Luma(row[x - 1]), east = Luma(row[x + 1]);
                int high = Math.Max(Math.Max(Math.Max(north, south), Math.Max(west, east)), middle);
                int low = Math.Min(Math.Min(Math.Min(north, south), Math.Min(west, east)), middle);
                if (high - low < Math.Max(Threshold, high >> 3))
                {
                    to[x] = own;
                    continue;
                }
                // Half own, half a cross of four: a tent over the pixel's neighbourhood, strongest where the contrast is.
                uint vertical = Mean(above[x], below[x]), horizontal = Mean(row[x - 1], row[x + 1]);
                int jumpVertical = Math.Abs(north - south), jumpHorizontal = Math.Abs(west - east);
                uint side = jumpVertical > 2 * jumpHorizontal ? vertical : jumpHorizontal > 2 * jumpVertical ? horizontal : Mean(vertical, horizontal);
                to[x] = Mean(own, Mean(own, side)) | 0xFF000000;
            }
        }
    }

    private static int Luma(uint c) => (int)((((c >> 16) & 255) * 2) + (((c >> 8) & 255) * 5) + (c & 255)) >> 3;

    /// <summary>Per-byte mean of two pixels.</summary>
    private static uint Mean(uint a, uint b) => (a & b) + (((a ^ b) & 0xFEFEFEFE) >> 1);
}
