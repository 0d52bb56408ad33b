namespace EdgeSimToReal.Evaluation.Ablation;

/// <summary>
/// The LC-SAE report's own results, its table 4.3: "Validation results using semantic segmentation metrics and FID score", 100 structures
/// of CARLA with 4 textures of Cityscapes, read by DeepLabV3+ with ResNet50.
/// </summary>
public static class PaperTable
{
    /// <summary>Its rows, in its order.</summary>
    public static IReadOnlyList<PaperRow> Rows { get; } =
    [
        new(0, 0, 0.530, 0.167, 0.112, 65.26),
        new(0, 1, 0.500, 0.170, 0.109, 60.13),
        new(1, 0, 0.672, 0.326, 0.215, 61.95),
        new(1, 1, 0.665, 0.332, 0.227, 68.59),
        new(1, 5, 0.632, 0.329, 0.216, 64.78),
        new(2, 2, 0.675, 0.351, 0.237, 66.26),
        new(3, 0, 0.692, 0.382, 0.254, 76.08),
    ];

    /// <summary>A row by its weights; null where the table has none.</summary>
    /// <param name="outer">λ_out.</param>
    /// <param name="inner">λ_in.</param>
    public static PaperRow? Find(double outer, double inner) => Rows.FirstOrDefault(row => row.Outer == outer && row.Inner == inner);
}
