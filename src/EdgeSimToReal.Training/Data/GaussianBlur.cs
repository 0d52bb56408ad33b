namespace EdgeSimToReal.Training.Data;

/// <summary>Blurs a training crop with a Gaussian, first along rows, then along columns; the border's pixels continue outwards.</summary>
internal static class GaussianBlur
{
    private const double LeastDeviation = 0.2; // below it the neighbours' weights are nothing (e^-12.5)

    public static void Apply(Span<float> image, int width, double deviation)
    {
        if (deviation < LeastDeviation)
            return;
        int radius = (int)Math.Ceiling(3 * deviation);
        float[] kernel = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(d => (float)Math.Exp(-d * d / (2 * deviation * deviation)))];
        float sum = kernel.Sum();
        for (int i = 0; i < kernel.Length; i++)
            kernel[i] /= sum;
        int height = image.Length / 3 / width;
        float[] line = new float[Math.Max(width, height) + (2 * radius)];
        for (int start = 0; start < image.Length; start += width * height)
        {
            Span<float> plane = image.Slice(start, width * height);
            for (int y = 0; y < height; y++)
                Line(plane[(y * width)..], 1, width, kernel, line);
            for (int x = 0; x < width; x++)
                Line(plane[x..], width, height, kernel, line);
        }
    }

    private static void Line(Span<float> values, int stride, int count, float[] kernel, float[] padded)
    {
        int radius = kernel.Length / 2;
        for (int i = 0; i < count + (2 * radius); i++)
            padded[i] = values[Math.Clamp(i - radius, 0, count - 1) * stride];
        for (int i = 0; i < count; i++)
        {
            float sum = 0;
            for (int k = 0; k < kernel.Length; k++)
                sum += padded[i + k] * kernel[k];
            values[i * stride] = sum;
        }
    }
}
