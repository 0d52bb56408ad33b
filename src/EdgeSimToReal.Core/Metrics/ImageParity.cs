namespace EdgeSimToReal.Core.Metrics;

/// <summary>How near a picture is to a reference that it should equal: over the whole picture and where it is worst.</summary>
/// <param name="Psnr">Peak signal-to-noise ratio in dB, 10·log10(peak² / mean squared difference); infinite where both are equal.</param>
/// <param name="WorstBlock">The same of the worst block of 16×16 pixels; artefacts that a whole picture's mean hides show in it.</param>
public readonly record struct ImageParity(double Psnr, double WorstBlock)
{
    /// <summary>Side of a block in pixels; those at the right and the lower border may be smaller.</summary>
    public const int BlockSize = 16;

    // Of values in [-1, 1].
    private const double Peak = 2;

    /// <summary>The worse of both, each by itself.</summary>
    /// <param name="other">Another picture's.</param>
    public ImageParity Worse(ImageParity other) => new(Math.Min(Psnr, other.Psnr), Math.Min(WorstBlock, other.WorstBlock));

    /// <summary>Compares two pictures as they are shown: values beyond [-1, 1] are clamped; one that is not finite is as wrong as can be.</summary>
    /// <param name="actual">Planes [3, height, width].</param>
    /// <param name="reference">Planes of the same size.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <exception cref="ArgumentException">A picture has another size.</exception>
    public static ImageParity Of(ReadOnlySpan<float> actual, ReadOnlySpan<float> reference, int width, int height)
    {
        if (width <= 0 || height <= 0 || actual.Length != 3 * width * height || reference.Length != actual.Length)
            throw new ArgumentException($"Pictures of {actual.Length} and {reference.Length} values are not both [3, {height}, {width}].");
        double whole = 0, worst = 0;
        for (int top = 0; top < height; top += BlockSize)
        {
            for (int left = 0; left < width; left += BlockSize)
            {
                int bottom = Math.Min(height, top + BlockSize), right = Math.Min(width, left + BlockSize);
                double sum = 0;
                for (int plane = 0; plane < 3; plane++)
                {
                    for (int y = top; y < bottom; y++)
                    {
                        int row = ((plane * height) + y) * width;
                        for (int i = row + left; i < row + right; i++)
                            sum += Square(actual[i], reference[i]);
                    }
                }
                whole += sum;
                worst = Math.Max(worst, sum / (3 * (bottom - top) * (right - left)));
            }
        }
        return new(Decibels(whole / actual.Length), Decibels(worst));
    }

    private static double Square(float actual, float reference)
    {
        if (!float.IsFinite(actual))
            return Peak * Peak;
        double difference = Math.Clamp(actual, -1f, 1f) - (double)Math.Clamp(reference, -1f, 1f);
        return difference * difference;
    }

    private static double Decibels(double meanSquare) => 10 * Math.Log10(Peak * Peak / meanSquare);
}
