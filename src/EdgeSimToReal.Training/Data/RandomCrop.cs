using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Training.Data;

/// <summary>Cuts a random piece out of an image and its labels, in register, and changes its colours.</summary>
internal static class RandomCrop
{
    /// <summary>Makes one image of a batch.</summary>
    /// <param name="image">The whole image.</param>
    /// <param name="options">Size, flip, scale and jitter.</param>
    /// <param name="random">What is drawn from.</param>
    /// <param name="values">Gets [3, Height, Width], RGB in [-1, 1].</param>
    /// <param name="labels">Gets [Height, Width].</param>
    public static void Cut(DecodedImage image, BatchOptions options, ref SplitMix64 random, Span<float> values, Span<byte> labels)
    {
        (int height, int width) = (options.Height, options.Width);
        if (image.Width < width || image.Height < height)
        {
            throw new EdgeSimException($"The image '{image.Path}' has {image.Width}x{image.Height} pixels, too few for crops of "
                + $"{width}x{height}.", "Use smaller crops or larger images.");
        }
        bool scaled = options.MinScale != 1 || options.MaxScale != 1;
        double scale = 1;
        if (scaled)
        {
            scale = Math.Exp(random.NextDouble(Math.Log(options.MinScale), Math.Log(options.MaxScale)));
            scale = Math.Max(scale, Math.Max((double)height / image.Height, (double)width / image.Width));
        }
        // The first pixel's edge: whole pixels where nothing is scaled.
        double top = random.NextDouble() * (image.Height - (height / scale) + (scaled ? 0 : 1));
        double left = random.NextDouble() * (image.Width - (width / scale) + (scaled ? 0 : 1));
        bool flip = options.Flip && random.NextDouble() < 0.5;
        if (scaled)
            Resample(image, top, left, 1 / scale, width, flip, values, labels);
        else
            Copy(image, (int)top, (int)left, width, flip, values, labels);
        options.Jitter?.Apply(values, width, ref random);
        ToSignedUnit(values);
    }

    /// <summary>The whole image as it is.</summary>
    public static void Whole(DecodedImage image, Span<float> values, Span<byte> labels)
    {
        Copy(image, 0, 0, image.Width, false, values, labels);
        ToSignedUnit(values);
    }

    private static void Copy(DecodedImage image, int top, int left, int width, bool flip, Span<float> values, Span<byte> labels)
    {
        int pixels = labels.Length;
        Span<float> red = values[..pixels], green = values.Slice(pixels, pixels), blue = values.Slice(2 * pixels, pixels);
        for (int row = 0, at = 0; at < pixels; row++)
        {
            int from = ((top + row) * image.Width) + left;
            for (int x = 0; x < width; x++, at++)
            {
                int pixel = from + (flip ? width - 1 - x : x);
                ReadOnlySpan<byte> rgb = image.Rgb.AsSpan(3 * pixel, 3);
                (red[at], green[at], blue[at]) = (rgb[0] / 255f, rgb[1] / 255f, rgb[2] / 255f);
                labels[at] = image.Labels is null ? LabelSpace.Ignore : image.Labels[pixel];
            }
        }
    }

    /// <summary>Colours bilinear between pixel centres, labels by the nearest pixel.</summary>
    private static void Resample(
        DecodedImage image, double top, double left, double step, int width, bool flip, Span<float> values, Span<byte> labels)
    {
        int pixels = labels.Length;
        for (int row = 0, at = 0; at < pixels; row++)
        {
            double y = top + ((row + 0.5) * step);
            (int upper, int lower, float down) = Between(y, image.Height);
            for (int column = 0; column < width; column++, at++)
            {
                double x = left + (((flip ? width - 1 - column : column) + 0.5) * step);
                (int before, int after, float right) = Between(x, image.Width);
                for (int c = 0; c < 3; c++)
                {
                    float above = Mix(Value(upper, before), Value(upper, after), right);
                    float below = Mix(Value(lower, before), Value(lower, after), right);
                    values[(c * pixels) + at] = Mix(above, below, down) / 255;

                    float Value(int line, int place) => image.Rgb[(3 * ((line * image.Width) + place)) + c];
                }
                labels[at] = image.Labels is null ? LabelSpace.Ignore
                    : image.Labels[(Math.Min((int)y, image.Height - 1) * image.Width) + Math.Min((int)x, image.Width - 1)];
            }
        }

        static float Mix(float a, float b, float share) => a + ((b - a) * share);

        static (int Before, int After, float Share) Between(double place, int count)
        {
            double centre = Math.Clamp(place - 0.5, 0, count - 1);
            int before = (int)centre;
            return (before, Math.Min(before + 1, count - 1), (float)(centre - before));
        }
    }

    private static void ToSignedUnit(Span<float> values)
    {
        foreach (ref float value in values)
            value = (2 * value) - 1;
    }
}
