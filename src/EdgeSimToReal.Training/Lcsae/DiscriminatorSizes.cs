using EdgeSimToReal.Core.Networks;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>Sizes of both discriminators; the crop's size comes from the data.</summary>
public sealed record DiscriminatorSizes
{
    /// <summary>The paper's.</summary>
    public static DiscriminatorSizes Full { get; } = new();

    /// <summary>An eighth of the width, patches of 32 pixels: for preset edge on few pictures.</summary>
    public static DiscriminatorSizes Edge { get; } = new()
    {
        ImageCapacity = 0.125,
        ImageMaxChannels = 128,
        PatchSize = 32,
        PatchCapacity = 1,
        PatchMaxChannels = 192,
    };

    /// <summary>For tests: the paper's head would take most of a tiny training's time, and nearly all of its checkpoints.</summary>
    public static DiscriminatorSizes Tiny { get; } = new()
    {
        ImageCapacity = 0.03125,
        ImageMaxChannels = 16,
        PatchSize = 16,
        PatchCapacity = 0.125,
        PatchMaxChannels = 16,
        PatchHeadWidth = 64,
    };

    /// <summary>Factor on the image discriminator's widths.</summary>
    public double ImageCapacity { get; init; } = 1;

    /// <summary>The image discriminator's greatest width.</summary>
    public int ImageMaxChannels { get; init; } = 512;

    /// <summary>Height and width of a patch, a power of two (4.2: 128).</summary>
    public int PatchSize { get; init; } = 128;

    /// <summary>Factor on the patch discriminator's widths.</summary>
    public double PatchCapacity { get; init; } = 4;

    /// <summary>The patch discriminator's greatest width.</summary>
    public int PatchMaxChannels { get; init; } = 384;

    /// <summary>Width of the patch discriminator's head on a pair of patches.</summary>
    public int PatchHeadWidth { get; init; } = 2048;

    /// <summary>Patches cut from each image (4.2: 8).</summary>
    public int PatchesPerImage { get; init; } = 8;

    /// <summary>The image discriminator for crops of a size.</summary>
    /// <param name="height">Pixels.</param>
    /// <param name="width">Pixels.</param>
    public ImageDiscriminatorConfiguration Image(int height, int width) =>
        new() { CropHeight = height, CropWidth = width, Capacity = ImageCapacity, MaxChannels = ImageMaxChannels };

    /// <summary>The patch discriminator.</summary>
    public PatchDiscriminatorConfiguration Patch() =>
        new() { PatchSize = PatchSize, Capacity = PatchCapacity, MaxChannels = PatchMaxChannels, HeadWidth = PatchHeadWidth };
}
