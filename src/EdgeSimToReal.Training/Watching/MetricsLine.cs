namespace EdgeSimToReal.Training.Watching;

/// <summary>What is told of the steps since the line before.</summary>
/// <param name="Step">The last of these steps; the first step of a run has the number 1.</param>
/// <param name="Images">Images learnt from since the run's first start.</param>
/// <param name="Seconds">Wall time since the run's first start, without the time between interruption and resumption.</param>
/// <param name="ImagesPerSecond">Images a second of wall time.</param>
/// <param name="Waiting">Share of the wall time spent waiting for data, 0..1.</param>
/// <param name="Scalars">By name: the mean over those of these steps that gave a value.</param>
public sealed record MetricsLine(long Step, long Images, double Seconds, double ImagesPerSecond, double Waiting,
    IReadOnlyDictionary<string, double> Scalars);
