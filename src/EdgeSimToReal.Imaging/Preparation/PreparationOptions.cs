using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>What a data set is prepared to (the paper's chapter 4.1: 512×256, 16 classes).</summary>
public sealed record PreparationOptions
{
    /// <summary>Pixels.</summary>
    public int Width { get; init; } = 512;

    /// <summary>Pixels.</summary>
    public int Height { get; init; } = 256;

    /// <summary>How pictures of another aspect are treated.</summary>
    public FitMode Fit { get; init; } = FitMode.Crop;

    /// <summary>What labels are mapped to.</summary>
    public LabelSpace Space { get; init; } = LabelSpaces.Common16;

    /// <summary>
    /// The share of pairs that go to validation by the seed, 0..1 (a test split stays what it is); null: the data set's own split, and a
    /// tenth where it has none.
    /// </summary>
    public double? ValidationShare { get; init; }

    /// <summary>So many neighbours in the order of names go to the same split: the frames of a video resemble each other.</summary>
    public int Block { get; init; } = 1;

    /// <summary>Chooses what goes to validation.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The images' format: ".png" (lossless) or ".jpg".</summary>
    public string Extension { get; init; } = ".png";

    /// <summary>Pictures of the contact sheet; 0 for none.</summary>
    public int SheetPictures { get; init; } = 12;

    /// <summary>Threads; 0: one a core.</summary>
    public int Workers { get; init; }

    internal void Validate()
    {
        if (Width is < 16 or > 8192 || Height is < 16 or > 8192)
            throw new EdgeSimException($"Images are not prepared at {Width}x{Height}.", "Give 16 to 8192 pixels each.", ExitCode.Usage);
        if (ValidationShare is { } share && share is not (>= 0 and < 1))
            throw new EdgeSimException($"A validation share of {share} makes no sense.", "Give one from 0 to below 1.", ExitCode.Usage);
        ArgumentOutOfRangeException.ThrowIfLessThan(Block, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(SheetPictures);
    }
}
