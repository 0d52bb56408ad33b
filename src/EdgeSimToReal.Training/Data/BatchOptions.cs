using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Training.Data;

/// <summary>How batches are made of image sets.</summary>
public sealed record BatchOptions
{
    /// <summary>Images of a batch, at least 1.</summary>
    public required int Size { get; init; }

    /// <summary>Height of the random crops in pixels; no image may be lower.</summary>
    public required int Height { get; init; }

    /// <summary>Width of the random crops in pixels; no image may be narrower.</summary>
    public required int Width { get; init; }

    /// <summary>The space that labels are mapped to: Common16, Shared10 or the Cityscapes trainIds.</summary>
    public LabelSpace Target { get; init; } = LabelSpaces.Common16;

    /// <summary>Whether half the crops, at random, are mirrored.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>The least factor by which an image is enlarged before it is cropped, 0.25 … 4; the crop must still fit.</summary>
    public double MinScale { get; init; } = 1;

    /// <summary>The largest such factor; each crop's is uniform in its logarithm between the two.</summary>
    public double MaxScale { get; init; } = 1;

    /// <summary>Random changes of colour; null for none.</summary>
    public PhotometricJitter? Jitter { get; init; }

    /// <summary>The run's seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>What the batches are for: streams of one seed and different purposes draw independently.</summary>
    public string Purpose { get; init; } = "train";

    /// <summary>Threads that read and crop, at least 1.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Batches that may lie ready, at least 1.</summary>
    public int Prefetch { get; init; } = 4;

    /// <summary>Memory for decoded images in MiB (4 bytes a pixel); images beyond it are decoded at each use. 0 or more.</summary>
    public int CacheMegabytes { get; init; } = 1024;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="EdgeSimException">A value is out of its range.</exception>
    public void Validate()
    {
        Check(Size >= 1, nameof(Size), Size, "1 or more");
        Check(Height >= 1, nameof(Height), Height, "1 or more");
        Check(Width >= 1, nameof(Width), Width, "1 or more");
        Check(MinScale is >= 0.25 and <= 4, nameof(MinScale), MinScale, "0.25 to 4");
        Check(MaxScale <= 4 && MaxScale >= MinScale, nameof(MaxScale), MaxScale, "MinScale to 4");
        Check(Workers is >= 1 and <= 64, nameof(Workers), Workers, "1 to 64");
        Check(Prefetch is >= 1 and <= 1024, nameof(Prefetch), Prefetch, "1 to 1024");
        Check(CacheMegabytes >= 0, nameof(CacheMegabytes), CacheMegabytes, "0 or more");
        Jitter?.Validate();

        static void Check(bool valid, string name, double value, string range)
        {
            if (!valid)
                throw new EdgeSimException(FormattableString.Invariant($"The batches' {name} is {value}."), $"Use a value of {range}.");
        }
    }
}
