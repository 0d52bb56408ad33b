namespace EdgeSimToReal.Core.Bundles;

/// <summary>
/// The label guard that a bundle carries: a small segmenter that took no part in the training and reads every frame at run time.
/// </summary>
/// <remarks>Its graph is the file of the role <see cref="BundleRoles.Guard"/>.</remarks>
public sealed record BundleGuard
{
    /// <summary>The most multiply-accumulates of one reading.</summary>
    public const long MaxMultiplyAccumulates = 1_000_000_000;

    /// <summary>
    /// The first 16 hexadecimal digits of the SHA-256 of its weights; never one of <see cref="BundleManifest.Teachers"/>.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>The network's name.</summary>
    public required string Architecture { get; init; }

    /// <summary>The label space of its classes, in which labels are compared (a name of <see cref="Labels.LabelSpaces"/>).</summary>
    public required string LabelSpace { get; init; }

    /// <summary>Width in pixels at which it reads pictures.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels at which it reads pictures.</summary>
    public required int Height { get; init; }

    /// <summary>How pixels become its input.</summary>
    public required BundleNormalisation Normalisation { get; init; }

    /// <summary>Multiply-accumulates of one reading, at most <see cref="MaxMultiplyAccumulates"/>.</summary>
    public required long MultiplyAccumulates { get; init; }

    /// <summary>The data sets that its weights saw.</summary>
    public IReadOnlyList<BundleTrainingData> TrainingData { get; set; } = [];

    /// <summary>Where a frame's score begins to be good; null until the guard is calibrated.</summary>
    public BundleGuardThreshold? Threshold { get; set; }
}
