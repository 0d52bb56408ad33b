using System.Numerics;

namespace EdgeSimToReal.Imaging;

/// <summary>Separable Lanczos resampling with three lobes, widened by the scale when it shrinks.</summary>
/// <remarks>
/// The convention of the image libraries that training sets are made with: pixel centres at half-integers, weights
/// sinc(t)·sinc(t/3), normalised, cut at the border. OpenCV's Lanczos is not widened, so it aliases when it shrinks.
/// </remarks>
internal static class Lanczos
{
    private const double Lobes = 3;

    /// <summary>Resamples a part of a BGRA picture into a part of another, all four channels, rounded and clamped.</summary>
    /// <param name="source">[., sourceWidth, 4].</param>
    /// <param name="sourceWidth">Pixels a row.</param>
    /// <param name="from">The part that is read; nothing outside it is.</param>
    /// <param name="target">[., targetWidth, 4].</param>
    /// <param name="targetWidth">Pixels a row.</param>
    /// <param name="to">The part that is written.</param>
    public static void Resize(ReadOnlySpan<byte> source, int sourceWidth, PixelArea from, Span<byte> target, int targetWidth, PixelArea to)
    {
        (int[] columnStarts, float[][] columnWeights) = Weights(from.Width, to.Width);
        (int[] rowStarts, float[][] rowWeights) = Weights(from.Height, to.Height);
        Vector4[] narrowed = new Vector4[from.Height * to.Width]; // [from.Height, to.Width] after the horizontal pass
        Vector4[] row = new Vector4[from.Width];
        for (int y = 0; y < from.Height; y++)
        {
            ReadOnlySpan<byte> pixels = source.Slice((((from.Y + y) * sourceWidth) + from.X) * 4, from.Width * 4);
            for (int x = 0; x < row.Length; x++)
                row[x] = new Vector4(pixels[4 * x], pixels[(4 * x) + 1], pixels[(4 * x) + 2], pixels[(4 * x) + 3]);
            for (int x = 0; x < to.Width; x++)
                narrowed[(y * to.Width) + x] = Sum(row, columnStarts[x], 1, columnWeights[x]);
        }
        for (int y = 0; y < to.Height; y++)
        {
            Span<byte> pixels = target.Slice((((to.Y + y) * targetWidth) + to.X) * 4, to.Width * 4);
            for (int x = 0; x < to.Width; x++)
            {
                Vector4 sum = Sum(narrowed, (rowStarts[y] * to.Width) + x, to.Width, rowWeights[y]);
                Vector4 rounded = Vector4.Clamp(sum + new Vector4(0.5f), Vector4.Zero, new Vector4(255));
                (pixels[4 * x], pixels[(4 * x) + 1]) = ((byte)rounded.X, (byte)rounded.Y);
                (pixels[(4 * x) + 2], pixels[(4 * x) + 3]) = ((byte)rounded.Z, (byte)rounded.W);
            }
        }
    }

    private static Vector4 Sum(Vector4[] values, int start, int step, float[] weights)
    {
        Vector4 sum = Vector4.Zero;
        for (int i = 0; i < weights.Length; i++)
            sum += weights[i] * values[start + (i * step)];
        return sum;
    }

    /// <summary>For each target position the first source position and the weights from there on.</summary>
    private static (int[] Starts, float[][] Weights) Weights(int from, int to)
    {
        double scale = (double)from / to, widening = Math.Max(scale, 1), support = Lobes * widening;
        int[] starts = new int[to];
        float[][] weights = new float[to][];
        for (int i = 0; i < to; i++)
        {
            double centre = (i + 0.5) * scale;
            int first = Math.Max((int)(centre - support + 0.5), 0), last = Math.Min((int)(centre + support + 0.5), from);
            double[] values = [.. Enumerable.Range(first, last - first).Select(at => Kernel((at + 0.5 - centre) / widening))];
            double sum = values.Sum();
            starts[i] = first;
            weights[i] = [.. values.Select(value => (float)(value / sum))];
        }
        return (starts, weights);
    }

    private static double Kernel(double t) => Math.Abs(t) >= Lobes ? 0 : Sinc(t) * Sinc(t / Lobes);

    private static double Sinc(double t) => t == 0 ? 1 : Math.Sin(Math.PI * t) / (Math.PI * t);
}
