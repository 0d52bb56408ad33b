namespace EdgeSimToReal.Training.Data;

/// <summary>Random changes of an image's colours that leave its labels true; every strength of 0 switches its change off.</summary>
/// <remarks>
/// Brightness, contrast and saturation are those of the common PyTorch recipe for DeepLabV3+ (factors uniform in 1 ± strength, in random
/// order); the others help where there are few photographs.
/// </remarks>
public sealed record PhotometricJitter
{
    /// <summary>The factor of all values, uniform in 1 ± this; 0 … 1.</summary>
    public double Brightness { get; init; }

    /// <summary>The factor of the distance to the mean grey, uniform in 1 ± this; 0 … 1.</summary>
    public double Contrast { get; init; }

    /// <summary>The factor of the distance to each pixel's grey, uniform in 1 ± this; 0 … 1.</summary>
    public double Saturation { get; init; }

    /// <summary>A factor for each channel, uniform in 1 ± this: the colour of the light; 0 … 1.</summary>
    public double Cast { get; init; }

    /// <summary>The largest deviation of Gaussian noise, of values in [0, 1]; each image's is uniform below it; 0 … 1.</summary>
    public double Grain { get; init; }

    /// <summary>The largest deviation of a Gaussian blur in pixels; half the images are blurred, uniformly below it; 0 … 8.</summary>
    public double Blur { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="Core.EdgeSimException">A strength is out of its range.</exception>
    public void Validate()
    {
        Check(Brightness, nameof(Brightness), 1);
        Check(Contrast, nameof(Contrast), 1);
        Check(Saturation, nameof(Saturation), 1);
        Check(Cast, nameof(Cast), 1);
        Check(Grain, nameof(Grain), 1);
        Check(Blur, nameof(Blur), 8);

        static void Check(double value, string name, double most)
        {
            if (!(value >= 0 && value <= most))
            {
                throw new Core.EdgeSimException(FormattableString.Invariant($"The colour jitter's {name} is {value}."),
                    FormattableString.Invariant($"Use a value from 0 to {most}."));
            }
        }
    }

    /// <summary>Changes an image in place.</summary>
    /// <param name="image">[3, height, width], RGB in [0, 1]; stays in that range.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="random">What the changes are drawn from.</param>
    internal void Apply(Span<float> image, int width, ref SplitMix64 random)
    {
        Span<int> order = [0, 1, 2];
        random.Shuffle(order);
        foreach (int change in order)
        {
            switch (change)
            {
                case 0 when Brightness > 0:
                    Scale(image, Factor(Brightness, ref random));
                    break;
                case 1 when Contrast > 0:
                    ChangeContrast(image, Factor(Contrast, ref random));
                    break;
                case 2 when Saturation > 0:
                    ChangeSaturation(image, Factor(Saturation, ref random));
                    break;
            }
        }
        int pixels = image.Length / 3;
        for (int channel = 0; channel < 3 && Cast > 0; channel++)
            Scale(image.Slice(channel * pixels, pixels), Factor(Cast, ref random));
        // The lens blurs before the sensor adds its grain.
        if (Blur > 0 && random.NextDouble() < 0.5)
            GaussianBlur.Apply(image, width, random.NextDouble(0, Blur));
        if (Grain > 0)
        {
            random.AddNormal(image, (float)random.NextDouble(0, Grain));
            foreach (ref float value in image)
                value = Math.Clamp(value, 0, 1);
        }
    }

    private static float Factor(double strength, ref SplitMix64 random) => (float)random.NextDouble(1 - strength, 1 + strength);

    private static void Scale(Span<float> values, float factor)
    {
        foreach (ref float value in values)
            value = Math.Min(value * factor, 1);
    }

    private static void ChangeContrast(Span<float> image, float factor)
    {
        int pixels = image.Length / 3;
        double sum = 0;
        for (int i = 0; i < pixels; i++)
            sum += Grey(image[i], image[i + pixels], image[i + (2 * pixels)]);
        float offset = (float)(sum / pixels) * (1 - factor);
        foreach (ref float value in image)
            value = Math.Clamp((value * factor) + offset, 0, 1);
    }

    private static void ChangeSaturation(Span<float> image, float factor)
    {
        int pixels = image.Length / 3;
        Span<float> red = image[..pixels], green = image.Slice(pixels, pixels), blue = image.Slice(2 * pixels, pixels);
        for (int i = 0; i < pixels; i++)
        {
            float offset = Grey(red[i], green[i], blue[i]) * (1 - factor);
            red[i] = Math.Clamp((red[i] * factor) + offset, 0, 1);
            green[i] = Math.Clamp((green[i] * factor) + offset, 0, 1);
            blue[i] = Math.Clamp((blue[i] * factor) + offset, 0, 1);
        }
    }

    // The luma of ITU-R BT.601, as image programs take it.
    private static float Grey(float red, float green, float blue) => (0.299f * red) + (0.587f * green) + (0.114f * blue);
}
