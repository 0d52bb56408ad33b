using System.Numerics;
using System.Runtime.InteropServices;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>The guard's loops over pixels; none allocates.</summary>
internal static class GuardKernels
{
    /// <summary>The least log-likelihood of a pixel, so that a single one that the network is sure of can't decide a frame.</summary>
    public const float LeastLog = -9.2f;

    // Vectors of bytes hold four times as many elements as those of floats.
    private const int Quarters = 4;

    /// <summary>Each pixel's class of the greatest logit, and log Σ exp of its logits.</summary>
    /// <param name="logits">[classes, pixels]; a NaN is never the greatest, and makes its pixel's sum NaN.</param>
    /// <param name="classes">1..127.</param>
    /// <param name="best">[pixels], the number of pixels being a multiple of 64.</param>
    /// <param name="logSum">[pixels].</param>
    public static void Classify(ReadOnlySpan<float> logits, int classes, Span<byte> best, Span<float> logSum)
    {
        int pixels = best.Length, step = Vector<float>.Count;
        ref float first = ref MemoryMarshal.GetReference(logits);
        Span<Vector<int>> chosen = stackalloc Vector<int>[Quarters];
        for (int i = 0; i < pixels; i += Quarters * step)
        {
            for (int q = 0; q < Quarters; q++)
            {
                nuint at = (nuint)(i + (q * step));
                Vector<float> greatest = Vector.LoadUnsafe(ref first, at);
                Vector<int> index = Vector<int>.Zero;
                for (int c = 1; c < classes; c++)
                {
                    Vector<float> value = Vector.LoadUnsafe(ref first, at + (nuint)(c * pixels));
                    Vector<int> greater = Vector.GreaterThan(value, greatest);
                    greatest = Vector.ConditionalSelect(greater, value, greatest);
                    index = Vector.ConditionalSelect(greater, new Vector<int>(c), index);
                }
                Vector<float> sum = Vector<float>.Zero;
                for (int c = 0; c < classes; c++)
                    sum += Vector.Exp(Vector.LoadUnsafe(ref first, at + (nuint)(c * pixels)) - greatest);
                (greatest + Vector.Log(sum)).CopyTo(logSum[(int)at..]);
                chosen[q] = index;
            }
            Vector<sbyte> bytes = Vector.Narrow(Vector.Narrow(chosen[0], chosen[1]), Vector.Narrow(chosen[2], chosen[3]));
            bytes.As<sbyte, byte>().CopyTo(best[i..]);
        }
    }

    /// <summary>Lists the labelled pixels near a boundary of labels, row by row.</summary>
    /// <param name="labels">[height, width].</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="picture">Where the picture lies in the labels: around it is padding, and where that begins no labels meet.</param>
    /// <param name="classes">Labels from this on are none.</param>
    /// <param name="reach">How far a pixel of another label may be, in both directions.</param>
    /// <param name="near">Scratch, [height, width].</param>
    /// <param name="since">Scratch, [width].</param>
    /// <param name="points">Gets the pixels' indices; as long as <paramref name="labels"/>.</param>
    /// <returns>How many there are.</returns>
    public static int ListBoundaries(ReadOnlySpan<byte> labels, int width, PixelRectangle picture, int classes, int reach, Span<byte> near,
        Span<int> since, Span<int> points)
    {
        int height = labels.Length / width, count = 0;
        // Along rows: pixels within reach of a change to the right or below.
        near.Clear();
        for (int y = 0; y < height; y++)
        {
            int row = y * width;
            for (int x = 0; x < width; x++)
            {
                byte label = labels[row + x];
                bool change = (x + 1 < width && labels[row + x + 1] != label && x + 1 != picture.X && x + 1 != picture.Right)
                    || (y + 1 < height && labels[row + x + width] != label && y + 1 != picture.Y && y + 1 != picture.Bottom);
                if (change)
                    near.Slice(row + Math.Max(0, x + 1 - reach), Math.Min(width, x + 1 + reach) - Math.Max(0, x + 1 - reach)).Fill(1);
            }
        }
        // Then along columns, downwards and upwards.
        since.Fill(reach);
        for (int y = 0; y < height; y++)
            Spread(near.Slice(y * width, width), since, reach);
        since.Fill(reach);
        for (int y = height - 1; y >= 0; y--)
            Spread(near.Slice(y * width, width), since, reach);
        for (int i = 0; i < labels.Length; i++)
        {
            if (near[i] != 0 && labels[i] < classes)
                points[count++] = i;
        }
        return count;

        // A marked pixel marks the next ones of its column: 1 is a mark of its own, 2 one that was spread.
        static void Spread(Span<byte> row, Span<int> since, int reach)
        {
            for (int x = 0; x < row.Length; x++)
            {
                since[x] = row[x] == 1 ? 0 : since[x] + 1;
                if (row[x] == 0 && since[x] < reach)
                    row[x] = 2;
            }
        }
    }

    /// <summary>Mean log p(label) over listed pixels, with the labels moved; pixels that leave the picture are left out.</summary>
    /// <param name="points">Indices of the pixels.</param>
    /// <param name="labels">[height, width].</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="across">By how many pixels the labels are moved to the right.</param>
    /// <param name="down">And down.</param>
    /// <param name="logits">[classes, height, width].</param>
    /// <param name="logSum">log Σ exp of each pixel's logits, [height, width].</param>
    /// <returns>NaN where no pixel is left.</returns>
    public static double MeanLogLikelihood(ReadOnlySpan<int> points, ReadOnlySpan<byte> labels, int width, int across, int down,
        ReadOnlySpan<float> logits, ReadOnlySpan<float> logSum)
    {
        int pixels = labels.Length, height = pixels / width, count = 0;
        double sum = 0;
        foreach (int point in points)
        {
            int y = point / width, x = point - (y * width);
            (x, y) = (x + across, y + down);
            if ((uint)x >= (uint)width || (uint)y >= (uint)height)
                continue;
            int at = (y * width) + x;
            sum += Math.Max(logits[(labels[point] * pixels) + at] - logSum[at], LeastLog);
            count++;
        }
        return sum / count;
    }
}
