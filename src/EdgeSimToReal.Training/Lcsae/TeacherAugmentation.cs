using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>
/// Random, differentiable changes of a translated image before a frozen segmenter reads it. A pattern that means something to one
/// segmenter alone does not survive them; what a street shows does.
/// </summary>
public sealed record TeacherAugmentation
{
    /// <summary>Nothing is changed, as in the report.</summary>
    public static TeacherAugmentation None { get; } = new();

    /// <summary>A little of everything.</summary>
    public static TeacherAugmentation Moderate { get; } = new() { Blur = 1, Grain = 0.08, Colour = 0.2, Crop = 0.75 };

    /// <summary>The greatest standard deviation of the Gaussian blur, in pixels, 0 … 4; 0: none.</summary>
    public double Blur { get; init; }

    /// <summary>The greatest standard deviation of the added grain, on the scale [-1, 1], 0 … 1; 0: none.</summary>
    public double Grain { get; init; }

    /// <summary>The greatest relative change of each channel's contrast and a third of its greatest shift, 0 … 1; 0: none.</summary>
    public double Colour { get; init; }

    /// <summary>The least share of height and width that a random cut-out keeps, 0.25 … 1; 1: the whole image.</summary>
    public double Crop { get; init; } = 1;

    /// <summary>Whether anything is changed.</summary>
    public bool IsActive => Blur > 0 || Grain > 0 || Colour > 0 || Crop < 1;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="Core.EdgeSimException">A value is out of its range.</exception>
    public void Validate()
    {
        ObjectiveWeights.Check(Blur is >= 0 and <= 4, "outer.augmentation.Blur", Blur, "from 0 to 4 pixels");
        ObjectiveWeights.Check(Grain is >= 0 and <= 1, "outer.augmentation.Grain", Grain, "from 0 to 1");
        ObjectiveWeights.Check(Colour is >= 0 and <= 1, "outer.augmentation.Colour", Colour, "from 0 to 1");
        ObjectiveWeights.Check(Crop is >= 0.25 and <= 1, "outer.augmentation.Crop", Crop, "from 0.25 to 1");
    }

    /// <summary>Changes images, and cuts their labels alike.</summary>
    /// <param name="images">[N, 3, H, W] in [-1, 1].</param>
    /// <param name="labels">[N, H, W].</param>
    /// <param name="random">Where the strengths come from; grain is drawn from the device's global generator.</param>
    /// <returns>[N, 3, h, w] and [N, h, w], h and w multiples of 16 where the image's sides are.</returns>
    public (Tensor Images, Tensor Labels) Apply(Tensor images, Tensor labels, Random random)
    {
        using IDisposable scope = NewDisposeScope();
        (Tensor x, Tensor y) = (images.alias(), labels.alias());
        if (Crop < 1)
            (x, y) = Cut(x, y, random);
        if (Colour > 0)
            x = Tint(x, random);
        if (Blur > 0)
            x = Smooth(x, Blur * random.NextDouble());
        if (Grain > 0)
            x = x + (randn_like(x) * (Grain * random.NextDouble()));
        return (x.MoveToOuterDisposeScope(), y.MoveToOuterDisposeScope());
    }

    private (Tensor Images, Tensor Labels) Cut(Tensor x, Tensor y, Random random)
    {
        (long top, long height) = Part(x.shape[2]);
        (long left, long width) = Part(x.shape[3]);
        return (x.narrow(2, top, height).narrow(3, left, width), y.narrow(1, top, height).narrow(2, left, width));

        (long Start, long Length) Part(long side)
        {
            long length = Math.Max(16, (long)(side * (Crop + ((1 - Crop) * random.NextDouble()))) / 16 * 16);
            return length >= side ? (0, side) : (random.NextInt64(side - length + 1), length);
        }
    }

    private Tensor Tint(Tensor x, Random random)
    {
        int count = checked((int)x.shape[0] * 3);
        float[] gains = new float[count], shifts = new float[count];
        for (int i = 0; i < count; i++)
        {
            gains[i] = (float)(1 + (Colour * Signed()));
            shifts[i] = (float)(Colour * Signed() / 3);
        }
        return (x * Channels(gains)) + Channels(shifts);

        double Signed() => (2 * random.NextDouble()) - 1;

        Tensor Channels(float[] values) => tensor(values, [x.shape[0], 3, 1, 1], dtype: x.dtype, device: x.device);
    }

    /// <summary>Gaussian blur by a separable depthwise filter of seven taps at most, mirrored at the borders.</summary>
    private static Tensor Smooth(Tensor x, double deviation)
    {
        int radius = Math.Clamp((int)Math.Ceiling(2 * deviation), 1, 3);
        double[] taps = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(t => Math.Exp(-t * t / (2 * Math.Max(deviation * deviation, 1e-4))))];
        double sum = taps.Sum();
        Tensor kernel = tensor(taps.Select(tap => (float)(tap / sum)).ToArray(), dtype: x.dtype, device: x.device);
        Tensor padded = nn.functional.pad(x, (radius, radius, radius, radius), PaddingModes.Reflect);
        Tensor rows = nn.functional.conv2d(padded, kernel.view(1, 1, 1, -1).expand(3, 1, 1, -1), groups: 3);
        return nn.functional.conv2d(rows, kernel.view(1, 1, -1, 1).expand(3, 1, -1, 1), groups: 3);
    }
}
