using EdgeSimToReal.Evaluation.Reports;

namespace EdgeSimToReal.Evaluation.Ablation;

/// <summary>One training of a variant, and what the judge read of it.</summary>
/// <param name="Seed">The training's seed.</param>
/// <param name="Folder">Its folder: the run, its messages, its own evaluation report.</param>
/// <param name="Divergence">How the training diverged; null where it did not.</param>
/// <param name="Checksum">The model's checksum; null without one, as all that follows.</param>
/// <param name="OverallAccuracy">Share of pixels read right.</param>
/// <param name="MeanAccuracy">Mean over the classes of the share read right.</param>
/// <param name="MeanIoU">Mean intersection over union.</param>
/// <param name="Distance">Squared Fréchet distance to the real images, on the report's features.</param>
public sealed record AblationRun(
    ulong Seed, string Folder, string? Divergence, string? Checksum = null, double? OverallAccuracy = null, double? MeanAccuracy = null,
    double? MeanIoU = null, double? Distance = null)
{
    /// <summary>Whose features the distance is on; null in earlier reports: Inception's or the judge's.</summary>
    public string? Features { get; set; }

    /// <summary>The set of an evaluation report that counts; the others don't depend on the training.</summary>
    public const string Translated = "translated";

    /// <summary>Takes a run's figures from its own report.</summary>
    /// <param name="seed">The training's seed.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="report">The evaluation of its model.</param>
    public static AblationRun Of(ulong seed, string folder, EvaluationReport report)
    {
        ReadingReport reading = report.Readings.Single(reading => reading.Set == Translated);
        string? features = DistanceReport.StandardFeatures(report.Distances);
        DistanceReport? distance = report.Distances.FirstOrDefault(distance => distance.Set == Translated && distance.Features == features);
        return new AblationRun(seed, folder, null, report.Model.Checksum, reading.OverallAccuracy.Value, reading.MeanAccuracy.Value,
            reading.MeanIoU.Value, distance?.FrechetSquared.Value)
        {
            Features = distance?.Features,
        };
    }
}
