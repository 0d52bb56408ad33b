namespace EdgeSimToReal.Evaluation.Downstream;

/// <summary>What one segmenter that was trained on simulator frames reads in real test photographs.</summary>
/// <param name="Seed">The training's seed.</param>
/// <param name="OverallAccuracy">Share of pixels read right.</param>
/// <param name="MeanAccuracy">Mean over the classes of the share read right.</param>
/// <param name="MeanIoU">Mean intersection over union.</param>
/// <param name="Id">The id of its weights; null where its file tells none.</param>
public sealed record DownstreamRun(ulong Seed, double OverallAccuracy, double MeanAccuracy, double MeanIoU, string? Id);
