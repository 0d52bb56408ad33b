namespace EdgeSimToReal.Evaluation.Guarding;

/// <summary>What one threshold does.</summary>
/// <param name="FalseAlarms">Share of good frames that fail, 0..1.</param>
/// <param name="Found">Share of bad frames that fail, 0..1.</param>
public sealed record RocPoint(double FalseAlarms, double Found);
