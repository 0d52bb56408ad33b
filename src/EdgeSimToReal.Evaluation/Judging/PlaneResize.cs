namespace EdgeSimToReal.Evaluation.Judging;

/// <summary>Bilinear resizing of planes of numbers, half-pixel centres, edges repeated, without anti-aliasing.</summary>
internal static class PlaneResize
{
    /// <summary>Resizes planes.</summary>
    /// <param name="source">[planes, height, width].</param>
    /// <param name="width">The source's width.</param>
    /// <param name="height">The source's height.</param>
    /// <param name="target">[planes, targetHeight, targetWidth]; written entirely.</param>
    /// <param name="targetWidth">The target's width.</param>
    /// <param name="targetHeight">The target's height.</param>
    public static void Bilinear(ReadOnlySpan<float> source, int width, int height, Span<float> target, int targetWidth, int targetHeight)
    {
        (int[] left, int[] right, float[] across) = Taps(width, targetWidth);
        (int[] above, int[] below, float[] down) = Taps(height, targetHeight);
        int planes = source.Length / (width * height);
        for (int p = 0; p < planes; p++)
        {
            ReadOnlySpan<float> plane = source.Slice(p * width * height, width * height);
            for (int y = 0; y < targetHeight; y++)
            {
                ReadOnlySpan<float> first = plane.Slice(above[y] * width, width), second = plane.Slice(below[y] * width, width);
                Span<float> row = target.Slice(((p * targetHeight) + y) * targetWidth, targetWidth);
                float share = down[y];
                for (int x = 0; x < row.Length; x++)
                {
                    float upper = first[left[x]] + ((first[right[x]] - first[left[x]]) * across[x]);
                    float lower = second[left[x]] + ((second[right[x]] - second[left[x]]) * across[x]);
                    row[x] = upper + ((lower - upper) * share);
                }
            }
        }
    }

    private static (int[] Low, int[] High, float[] Share) Taps(int size, int targetSize)
    {
        int[] low = new int[targetSize], high = new int[targetSize];
        float[] share = new float[targetSize];
        for (int i = 0; i < targetSize; i++)
        {
            double at = Math.Clamp(((i + 0.5) * size / targetSize) - 0.5, 0, size - 1);
            low[i] = (int)at;
            high[i] = Math.Min(low[i] + 1, size - 1);
            share[i] = (float)(at - low[i]);
        }
        return (low, high, share);
    }
}
