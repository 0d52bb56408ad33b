namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>What the judge read in the images of one texture.</summary>
/// <param name="Texture">The texture's name.</param>
/// <param name="OverallAccuracy">Share of pixels read right.</param>
/// <param name="MeanIoU">Mean intersection over union.</param>
public sealed record TextureReading(string Texture, double OverallAccuracy, double MeanIoU);
