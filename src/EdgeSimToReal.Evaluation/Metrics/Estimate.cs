namespace EdgeSimToReal.Evaluation.Metrics;

/// <summary>A figure with its 95 % interval.</summary>
/// <param name="Value">The figure; null where it is not defined (a class that does not occur).</param>
/// <param name="Low">The interval's lower end; null where the figure has none.</param>
/// <param name="High">The interval's upper end; null where the figure has none.</param>
public sealed record Estimate(double? Value, double? Low = null, double? High = null);
