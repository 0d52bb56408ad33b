using EdgeSimToReal.Evaluation.Metrics;

namespace EdgeSimToReal.Evaluation.Ablation;

/// <summary>A variant: what was trained, and its figures over the seeds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Preset">The trainer's preset.</param>
/// <param name="Settings">"key=value" on top of preset and configuration.</param>
/// <param name="Outer">λ_out as it acted (0 in a mode without semantic losses); null where no training has begun.</param>
/// <param name="Inner">λ_in, likewise.</param>
/// <param name="Paper">The row of table 4.3 that it repeats; null: none.</param>
/// <param name="Runs">Its trainings.</param>
/// <param name="OverallAccuracy">Overall pixel accuracy; null where every training diverged.</param>
/// <param name="MeanAccuracy">Mean pixel accuracy, likewise.</param>
/// <param name="MeanIoU">Mean intersection over union, likewise.</param>
/// <param name="Distance">Squared Fréchet distance, likewise.</param>
public sealed record AblationVariant(
    string Name, string Preset, IReadOnlyList<string> Settings, double? Outer, double? Inner, PaperRow? Paper,
    IReadOnlyList<AblationRun> Runs, SeedFigure? OverallAccuracy, SeedFigure? MeanAccuracy, SeedFigure? MeanIoU, SeedFigure? Distance)
{
    /// <summary>Sums up a variant's runs.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="preset">The trainer's preset.</param>
    /// <param name="settings">"key=value" on top of preset and configuration.</param>
    /// <param name="weights">λ_out and λ_in; null where no training has begun.</param>
    /// <param name="paper">The row of table 4.3 that it repeats; null: none.</param>
    /// <param name="runs">Its trainings.</param>
    public static AblationVariant Of(string name, string preset, IReadOnlyList<string> settings, (double Outer, double Inner)? weights,
        PaperRow? paper, IReadOnlyList<AblationRun> runs) =>
        new(name, preset, settings, weights?.Outer, weights?.Inner, paper, runs,
            SeedFigure.Of(runs.Select(run => run.OverallAccuracy)), SeedFigure.Of(runs.Select(run => run.MeanAccuracy)),
            SeedFigure.Of(runs.Select(run => run.MeanIoU)), SeedFigure.Of(runs.Select(run => run.Distance)));
}
