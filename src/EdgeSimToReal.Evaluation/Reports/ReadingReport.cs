using EdgeSimToReal.Evaluation.Metrics;

namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>What the judge read in one set of images (chapter 4.3 of the paper), with 95 % intervals.</summary>
/// <param name="Set">The set's name.</param>
/// <param name="Meaning">What it stands for.</param>
/// <param name="Images">Number of images.</param>
/// <param name="OverallAccuracy">Share of pixels read right.</param>
/// <param name="MeanAccuracy">Mean over the classes of the share read right.</param>
/// <param name="MeanIoU">Mean intersection over union.</param>
/// <param name="MeanNll">Mean over the pixels of -log p(true class).</param>
/// <param name="ClassIoU">Intersection over union of each class.</param>
/// <param name="ConfusionMatrix">Pixels by true class (rows) and read class (columns); the last column is "none of them".</param>
/// <param name="ByTexture">Figures of each texture alone; empty for sets without textures.</param>
public sealed record ReadingReport(
    string Set, string Meaning, int Images, Estimate OverallAccuracy, Estimate MeanAccuracy, Estimate MeanIoU, Estimate MeanNll,
    IReadOnlyList<Estimate> ClassIoU, long[][] ConfusionMatrix, IReadOnlyList<TextureReading> ByTexture);
