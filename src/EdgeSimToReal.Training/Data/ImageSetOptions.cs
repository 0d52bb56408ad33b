namespace EdgeSimToReal.Training.Data;

/// <summary>A folder of images for training or validation, as configuration files write it.</summary>
public sealed record ImageSetOptions
{
    /// <summary>
    /// The set's folder: with a <see cref="Imaging.LabelManifest.FileName"/> that names images and labels, or with the folders
    /// <see cref="Images"/> and <see cref="Labels"/>, whose files belong together by name without extension.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>A name for records and messages; null: the folder's.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The folder of images, below <see cref="Path"/> or anywhere, with its subfolders; null: "images", or <see cref="Path"/> itself where
    /// that has none.
    /// </summary>
    public string? Images { get; init; }

    /// <summary>The folder of label images (PNG), likewise; null: "labels".</summary>
    public string? Labels { get; init; }

    /// <summary>The labels' space (<see cref="Core.Labels.LabelSpaces"/>); null: what the manifest says, and unlabelled without one.</summary>
    public string? Space { get; init; }

    /// <summary>The set's share of the draws among the sets that it is merged with, relative to their weights; above 0.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The terms of use, for the record of what the weights saw.</summary>
    public string Licence { get; init; } = "unknown";
}
