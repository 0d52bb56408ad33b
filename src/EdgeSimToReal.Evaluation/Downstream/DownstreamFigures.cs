using EdgeSimToReal.Evaluation.Metrics;

namespace EdgeSimToReal.Evaluation.Downstream;

/// <summary>Figures over the seeds.</summary>
/// <param name="OverallAccuracy">Share of pixels read right.</param>
/// <param name="MeanAccuracy">Mean over the classes of the share read right.</param>
/// <param name="MeanIoU">Mean intersection over union.</param>
public sealed record DownstreamFigures(SeedFigure? OverallAccuracy, SeedFigure? MeanAccuracy, SeedFigure? MeanIoU)
{
    /// <summary>Sums up runs.</summary>
    /// <param name="runs">A run a seed.</param>
    public static DownstreamFigures Of(IReadOnlyList<DownstreamRun> runs) => new(
        SeedFigure.Of(runs.Select(run => (double?)run.OverallAccuracy)), SeedFigure.Of(runs.Select(run => (double?)run.MeanAccuracy)),
        SeedFigure.Of(runs.Select(run => (double?)run.MeanIoU)));

    /// <summary>Sums up differences seed by seed.</summary>
    /// <param name="runs">A run a seed.</param>
    /// <param name="others">What is taken away, the same seeds in the same order.</param>
    public static DownstreamFigures OfDifferences(IReadOnlyList<DownstreamRun> runs, IReadOnlyList<DownstreamRun> others) => Of(
    [
        .. runs.Zip(others, (run, other) => new DownstreamRun(run.Seed, run.OverallAccuracy - other.OverallAccuracy,
            run.MeanAccuracy - other.MeanAccuracy, run.MeanIoU - other.MeanIoU, null)),
    ]);
}
