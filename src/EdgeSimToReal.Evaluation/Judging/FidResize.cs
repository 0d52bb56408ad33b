using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Evaluation.Judging;

/// <summary>Brings a frame to FID's network as the two common tools do; library resizing alone can move FID by 6 and more.</summary>
public static class FidResize
{
    /// <summary>The side of the network's input.</summary>
    public const int Side = 299;

    private const double BicubicSupport = 2;
    private const double BicubicA = -0.5; // PIL's

    /// <summary>The network's input.</summary>
    /// <param name="frame">Any size.</param>
    /// <param name="preprocessing">Whose convention.</param>
    /// <param name="planes">Planes R, G, B, [3, 299, 299]; written entirely.</param>
    public static void Write(Frame frame, FidPreprocessing preprocessing, Span<float> planes)
    {
        bool clean = preprocessing == FidPreprocessing.CleanFid;
        float[] source = new float[3 * frame.PixelCount];
        ImagePlanes.Write(frame, source, clean ? 1 : 1 / 255f, 0);
        Axis across = clean ? Axis.Bicubic(frame.Width) : Axis.Bilinear(frame.Width);
        Axis down = clean ? Axis.Bicubic(frame.Height) : Axis.Bilinear(frame.Height);
        float[] rows = new float[frame.Height * Side];
        for (int c = 0; c < 3; c++)
        {
            for (int y = 0; y < frame.Height; y++)
                across.Apply(source, (c * frame.PixelCount) + (y * frame.Width), 1, rows, y * Side, 1);
            Span<float> plane = planes.Slice(c * Side * Side, Side * Side);
            for (int x = 0; x < Side; x++)
                down.Apply(rows, x, Side, plane, x, Side);
            for (int i = 0; i < plane.Length; i++)
                plane[i] = clean ? (Math.Clamp(plane[i], 0, 255) - 128) / 128 : (2 * plane[i]) - 1;
        }
    }

    /// <summary>The taps of every output pixel along one axis.</summary>
    private sealed class Axis
    {
        private readonly int[] _first = new int[Side];
        private readonly double[][] _weights = new double[Side][];

        /// <summary>Half-pixel centres, two taps, edges repeated.</summary>
        public static Axis Bilinear(int length)
        {
            Axis axis = new();
            for (int i = 0; i < Side; i++)
            {
                double at = Math.Max(0, ((i + 0.5) * length / Side) - 0.5);
                int below = Math.Min((int)at, length - 1);
                axis._first[i] = below;
                axis._weights[i] = below + 1 < length ? [1 - (at - below), at - below] : [1];
            }
            return axis;
        }

        /// <summary>The kernel widened by the factor of reduction, cut at the edges and brought to sum 1.</summary>
        public static Axis Bicubic(int length)
        {
            Axis axis = new();
            double scale = (double)length / Side, widening = Math.Max(scale, 1), support = BicubicSupport * widening;
            for (int i = 0; i < Side; i++)
            {
                double centre = (i + 0.5) * scale;
                int first = Math.Max(0, (int)(centre - support + 0.5)), end = Math.Min(length, (int)(centre + support + 0.5));
                double[] weights = [.. Enumerable.Range(first, end - first).Select(k => Cubic((k - centre + 0.5) / widening))];
                double sum = weights.Sum();
                axis._first[i] = first;
                axis._weights[i] = [.. weights.Select(weight => weight / sum)];
            }
            return axis;
        }

        public void Apply(ReadOnlySpan<float> source, int start, int step, Span<float> target, int targetStart, int targetStep)
        {
            for (int i = 0; i < Side; i++)
            {
                double sum = 0;
                int at = start + (_first[i] * step);
                foreach (double weight in _weights[i])
                {
                    sum += weight * source[at];
                    at += step;
                }
                target[targetStart + (i * targetStep)] = (float)sum;
            }
        }

        private static double Cubic(double x)
        {
            x = Math.Abs(x);
            return x switch
            {
                < 1 => ((((BicubicA + 2) * x) - (BicubicA + 3)) * x * x) + 1,
                < 2 => ((((x - 5) * x) + 8) * x * BicubicA) - (4 * BicubicA),
                _ => 0,
            };
        }
    }
}
