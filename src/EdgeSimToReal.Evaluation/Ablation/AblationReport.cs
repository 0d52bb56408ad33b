using EdgeSimToReal.Evaluation.Reports;
using EdgeSimToReal.Runtime.Reports;

namespace EdgeSimToReal.Evaluation.Ablation;

/// <summary>The outcome of an ablation, and what it was made from; JSON, Markdown and plots are written from it.</summary>
public sealed record AblationReport
{
    /// <summary>What the plan calls it.</summary>
    public required string Title { get; init; }

    /// <summary>The command that made it.</summary>
    public required string Command { get; init; }

    /// <summary>The project's version.</summary>
    public required string Version { get; init; }

    /// <summary>Machine and libraries.</summary>
    public required MachineInfo Machine { get; init; }

    /// <summary>When it was finished, UTC.</summary>
    public required DateTime Finished { get; init; }

    /// <summary>What a reader must know before believing a figure.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The plan's text.</summary>
    public required string Plan { get; init; }

    /// <summary>The trainer's configuration file, its text; null: none.</summary>
    public string? Configuration { get; init; }

    /// <summary>The judge; null where every training diverged, as the following three.</summary>
    public JudgeFacts? Judge { get; init; }

    /// <summary>Settings of the evaluations.</summary>
    public EvaluationSettings? Settings { get; init; }

    /// <summary>The evaluations' data sets and other files, each with a checksum.</summary>
    public IReadOnlyList<DataFacts> Data { get; init; } = [];

    /// <summary>What the judge read in sets that no training made: ceiling, floor, cheap rival.</summary>
    public IReadOnlyList<ReadingReport> References { get; init; } = [];

    /// <summary>The variants in the plan's order.</summary>
    public required IReadOnlyList<AblationVariant> Variants { get; init; }

    /// <summary>File names of the figures, with captions.</summary>
    public required IReadOnlyList<AblationFigure> Figures { get; init; }

    /// <summary>Whether distances are FID rather than on other features.</summary>
    public bool HasFid => Settings?.FidPreprocessing is not null;

    /// <summary>What a column of distances is called.</summary>
    public string DistanceName => HasFid ? "FID" : $"Fréchet² ({Features})";

    /// <summary>Whose features the distances are on, where they are not FID's.</summary>
    internal string Features =>
        Variants.SelectMany(variant => variant.Runs).Select(run => run.Features).FirstOrDefault(features => features is not null) ?? "judge";
}
