using EdgeSimToReal.Evaluation.Downstream;
using EdgeSimToReal.Evaluation.Stability;
using EdgeSimToReal.Runtime.Reports;

namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>Everything that an evaluation found, and what it was made from; JSON, Markdown and plots are written from it.</summary>
public sealed record EvaluationReport
{
    /// <summary>The command that made it.</summary>
    public required string Command { get; init; }

    /// <summary>The project's version.</summary>
    public required string Version { get; init; }

    /// <summary>Machine and libraries.</summary>
    public required MachineInfo Machine { get; init; }

    /// <summary>When it was finished, UTC.</summary>
    public required DateTime Finished { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>What a reader must know before believing a figure.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The model.</summary>
    public required ModelFacts Model { get; init; }

    /// <summary>The judge.</summary>
    public required JudgeFacts Judge { get; init; }

    /// <summary>Settings.</summary>
    public required EvaluationSettings Settings { get; init; }

    /// <summary>The data sets and other files, each with a checksum.</summary>
    public required IReadOnlyList<DataFacts> Data { get; init; }

    /// <summary>The names of the classes, in the order of the confusion matrices.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>What the judge read in each set.</summary>
    public required IReadOnlyList<ReadingReport> Readings { get; init; }

    /// <summary>Distances of the sets to the real validation images.</summary>
    public required IReadOnlyList<DistanceReport> Distances { get; init; }

    /// <summary>Figures on average over textures; empty with fewer than two, and in earlier reports.</summary>
    public IReadOnlyList<TextureMean> TextureMeans { get; set; } = []; // settable: an init-only one would be null where it is absent

    /// <summary>What the bundle's label guard found, by texture; null where the bundle has none, and in earlier reports.</summary>
    public IReadOnlyList<GuardCount>? Guard { get; init; }

    /// <summary>Stability on a video; null where none was asked for.</summary>
    public StabilityReport? Stability { get; init; }

    /// <summary>What translated frames are worth for training; null where it was not asked for.</summary>
    public DownstreamReport? Downstream { get; init; }
}
