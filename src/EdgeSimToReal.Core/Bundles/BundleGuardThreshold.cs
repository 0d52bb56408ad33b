namespace EdgeSimToReal.Core.Bundles;

/// <summary>What the label guard found usual in good frames, the score below which a frame fails, and what they rest on.</summary>
public sealed record BundleGuardThreshold
{
    /// <summary>Frames below this score fail: the least of their measures, in deviations from its mean.</summary>
    public required double Score { get; init; }

    /// <summary>How much better labels fit where they are than a few pixels beside.</summary>
    public required BundleGuardMeasure Alignment { get; init; }

    /// <summary>How well labels fit the translated picture, relative to the untranslated one.</summary>
    public required BundleGuardMeasure Kept { get; init; }

    /// <summary>How well persons and vehicles stayed where they are, in the place where that is worst; null where nobody measured it.</summary>
    public BundleGuardMeasure? Objects { get; init; }

    /// <summary>The share of good frames that may fail, 0..1, as it was asked for.</summary>
    public required double FalseAlarmRate { get; init; }

    /// <summary>Number of labelled frames that were translated for it.</summary>
    public required int Frames { get; init; }

    /// <summary>The textures that they were translated with, separated by ", ".</summary>
    public required string Texture { get; init; }

    /// <summary>The translator's picture width.</summary>
    public required int Width { get; init; }

    /// <summary>The translator's picture height.</summary>
    public required int Height { get; init; }

    /// <summary>Whether frames were translated like this for it; for others nobody knows how many good ones fail.</summary>
    /// <param name="texture">The texture's name.</param>
    /// <param name="width">The translator's picture width.</param>
    /// <param name="height">And height.</param>
    public bool Covers(string texture, int width, int height) =>
        (width, height) == (Width, Height) && (Texture == texture || Texture.Split(", ").Contains(texture));
}
