namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>What the judge read in the images of one texture.</summary>
/// <param name="Texture">The texture's name.</param>
/// <param name="OverallAccuracy">Share of pixels read right; null where no pixel is labelled.</param>
/// <param name="MeanIoU">Mean intersection over union; likewise.</param>
public sealed record TextureReading(string Texture, double? OverallAccuracy, double? MeanIoU);
