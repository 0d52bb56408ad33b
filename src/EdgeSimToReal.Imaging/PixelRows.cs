using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging;

/// <summary>Copies between the 4-byte pixels of frames and the 3-byte pixels of OpenCV's video, without allocation.</summary>
/// <remarks>Cv2.CvtColor would need an OpenCV header over each frame on each call.</remarks>
internal static class PixelRows
{
    /// <summary>Copies BGRA pixels into a BGR picture at a column.</summary>
    /// <param name="source">[height, width, 4].</param>
    /// <param name="width">Pixels a row of <paramref name="source"/>.</param>
    /// <param name="target">CV_8UC3, at least as high, and as wide from <paramref name="column"/> on.</param>
    /// <param name="column">Where the first column goes.</param>
    public static void BgraToBgr(ReadOnlySpan<byte> source, int width, Mat target, int column)
    {
        int height = source.Length / (4 * width);
        for (int y = 0; y < height; y++)
            BgraToBgr(source.Slice(y * 4 * width, 4 * width), Row(target, y).Slice(3 * column, 3 * width));
    }

    /// <summary>Copies a BGR picture into BGRA pixels, alpha 255.</summary>
    /// <param name="source">CV_8UC3.</param>
    /// <param name="target">[height, width, 4].</param>
    public static void BgrToBgra(Mat source, Span<byte> target)
    {
        int width = source.Cols, height = source.Rows;
        for (int y = 0; y < height; y++)
            BgrToBgra(Row(source, y)[..(3 * width)], target.Slice(y * 4 * width, 4 * width));
    }

    /// <summary>The bytes of one row.</summary>
    public static unsafe Span<byte> Row(Mat image, int y) =>
        new((void*)(image.Data + (nint)(y * image.Step())), image.Cols * image.ElemSize());

    private static void BgraToBgr(ReadOnlySpan<byte> source, Span<byte> target)
    {
        Vector128<byte> order = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
        ref byte from = ref MemoryMarshal.GetReference(source), to = ref MemoryMarshal.GetReference(target);
        int width = source.Length / 4, x = 0;
        // Four pixels a step; the store writes 4 bytes beyond them, so at least two more pixels must follow.
        for (; x + 6 <= width; x += 4)
        {
            Vector128<byte> four = Vector128.LoadUnsafe(ref from, (nuint)(4 * x));
            Vector128.Shuffle(four, order).StoreUnsafe(ref to, (nuint)(3 * x));
        }
        for (; x < width; x++)
        {
            for (int c = 0; c < 3; c++)
                Unsafe.Add(ref to, (3 * x) + c) = Unsafe.Add(ref from, (4 * x) + c);
        }
    }

    private static void BgrToBgra(ReadOnlySpan<byte> source, Span<byte> target)
    {
        Vector128<byte> order = Vector128.Create((byte)0, 1, 2, 255, 3, 4, 5, 255, 6, 7, 8, 255, 9, 10, 11, 255);
        Vector128<byte> opaque = Vector128.Create(0xFF000000u).AsByte();
        ref byte from = ref MemoryMarshal.GetReference(source), to = ref MemoryMarshal.GetReference(target);
        int width = target.Length / 4, x = 0;
        // The load reads 4 bytes beyond the four pixels.
        for (; x + 6 <= width; x += 4)
        {
            Vector128<byte> four = Vector128.LoadUnsafe(ref from, (nuint)(3 * x));
            (Vector128.Shuffle(four, order) | opaque).StoreUnsafe(ref to, (nuint)(4 * x));
        }
        for (; x < width; x++)
        {
            for (int c = 0; c < 3; c++)
                Unsafe.Add(ref to, (4 * x) + c) = Unsafe.Add(ref from, (3 * x) + c);
            Unsafe.Add(ref to, (4 * x) + 3) = 255;
        }
    }
}
