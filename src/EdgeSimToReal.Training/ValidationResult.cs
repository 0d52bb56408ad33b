namespace EdgeSimToReal.Training;

/// <summary>What a validation found.</summary>
/// <param name="Score">The figure that chooses the best checkpoint (mIoU for a segmenter); higher is better.</param>
/// <param name="Scalars">All figures by name, e.g. "miou", "iou/road"; a run puts "validation/" before them.</param>
public sealed record ValidationResult(double Score, IReadOnlyDictionary<string, double> Scalars);
