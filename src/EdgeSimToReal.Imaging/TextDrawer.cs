using OpenCvSharp;

namespace EdgeSimToReal.Imaging;

/// <summary>Draws one line of text into a box, made smaller until it fits.</summary>
/// <remarks>OpenCV's stroke fonts have ASCII only; other characters become '?'.</remarks>
internal static class TextDrawer
{
    private const HersheyFonts Font = HersheyFonts.HersheySimplex;

    public static void Draw(Mat picture, string text, Rect box, Scalar colour)
    {
        if (text.Length == 0)
            return;
        string plain = string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?'));
        double scale = box.Height / 40.0;
        Size size = Measure(plain, scale, out int baseline);
        int margin = box.Height / 4;
        if (size.Width > box.Width - (2 * margin))
        {
            scale *= Math.Max(box.Width - (2 * margin), 1) / (double)size.Width;
            size = Measure(plain, scale, out baseline);
        }
        // The origin is the base line's left end; descenders hang below it by half of OpenCV's generous "baseline".
        Point origin = new(box.X + margin, box.Y + ((box.Height + size.Height - (baseline / 2)) / 2));
        Cv2.PutText(picture, plain, origin, Font, scale, colour, 1, LineTypes.AntiAlias);
    }

    private static Size Measure(string text, double scale, out int baseline) =>
        Cv2.GetTextSize(text, Font, scale, 1, out baseline);
}
