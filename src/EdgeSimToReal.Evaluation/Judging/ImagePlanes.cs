using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Evaluation.Judging;

/// <summary>A frame's colours as a network's input.</summary>
internal static class ImagePlanes
{
    /// <summary>Writes planes R, G, B of byte · scale + offset.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="planes">[3, Height, Width].</param>
    /// <param name="scale">The factor.</param>
    /// <param name="offset">The summand.</param>
    public static void Write(Frame frame, Span<float> planes, float scale, float offset)
    {
        int pixels = frame.PixelCount;
        ReadOnlySpan<byte> bgra = frame.Bgra;
        for (int c = 0; c < 3; c++)
        {
            Span<float> plane = planes.Slice(c * pixels, pixels);
            for (int i = 0; i < plane.Length; i++)
                plane[i] = (bgra[(4 * i) + 2 - c] * scale) + offset;
        }
    }
}
