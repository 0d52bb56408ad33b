using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Runtime.Reports;

namespace EdgeSimToReal.Evaluation.Guarding;

/// <summary>What a guard tells apart on labelled frames.</summary>
public sealed record GuardTestReport
{
    /// <summary>The command that made the report.</summary>
    public required string Command { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public required DateTime FinishedUtc { get; init; }

    /// <summary>The machine that measured.</summary>
    public required MachineInfo Machine { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The model's identity.</summary>
    public required string Checksum { get; init; }

    /// <summary>The guard, with the threshold that was tested.</summary>
    public required BundleGuard Guard { get; init; }

    /// <summary>The folder of frames.</summary>
    public required string Data { get; init; }

    /// <summary>Readable frames: the good ones, with their own tags.</summary>
    public required int Frames { get; init; }

    /// <summary>Mean over the frames of the translated pictures' mIoU, as the guard reads them.</summary>
    public required double MeanIoU { get; init; }

    /// <summary>The same of the untranslated pictures.</summary>
    public required double UntranslatedMeanIoU { get; init; }

    /// <summary>The share of good frames that fail.</summary>
    public required double FalseAlarms { get; init; }

    /// <summary>The share of good frames in which, as the guard sees it, the translation lost or made up a person or a vehicle.</summary>
    public required double ChangedObjects { get; init; }

    /// <summary>What was done to frames, and how well it was found.</summary>
    public required IReadOnlyList<GuardTestCase> Cases { get; init; }
}
