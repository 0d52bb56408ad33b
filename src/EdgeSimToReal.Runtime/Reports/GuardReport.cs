namespace EdgeSimToReal.Runtime.Reports;

/// <summary>What the label guard found in a run.</summary>
public sealed record GuardReport
{
    /// <summary>What was done about frames whose labels did not survive: "report", "flag" or "passthrough".</summary>
    public required string Policy { get; init; }

    /// <summary>Every which frame was to be judged.</summary>
    public required int Every { get; init; }

    /// <summary>Frames that were judged.</summary>
    public required long CheckedFrames { get; init; }

    /// <summary>Frames whose turn it was while the guard was still busy with an earlier one: they were let go unjudged.</summary>
    public required long MissedFrames { get; init; }

    /// <summary>Judged frames in which no two labels meet: they can't fail.</summary>
    public required long UnreadableFrames { get; init; }

    /// <summary>Judged frames in which, as the guard sees it, a person or a vehicle is gone or made up, calibrated or not.</summary>
    public required long ChangedObjectFrames { get; init; }

    /// <summary>The last judged frames, over which the following figures are.</summary>
    public required int Window { get; init; }

    /// <summary>mIoU of the translated pictures against the simulator's labels; null where nothing was labelled.</summary>
    public double? MeanIoU { get; init; }

    /// <summary>The same guard's mIoU of the untranslated pictures.</summary>
    public double? UntranslatedMeanIoU { get; init; }

    /// <summary>IoU of the translated pictures by class; classes that do not occur are left out.</summary>
    public required IReadOnlyDictionary<string, double> ClassIoU { get; init; }

    /// <summary>Frames below this score fail; null where the guard is not calibrated, so that none can.</summary>
    public double? Threshold { get; init; }

    /// <summary>
    /// The share of good frames that fail at this threshold, as calibrated; null where it is not known, because the guard is not calibrated,
    /// or with another texture or size.
    /// </summary>
    public double? FalseAlarmRate { get; init; }

    /// <summary>The least score of all judged frames.</summary>
    public double? LeastScore { get; init; }

    /// <summary>Judged frames that failed.</summary>
    public required long Flagged { get; init; }

    /// <summary>Frames in whose place the simulator's went out.</summary>
    public required long PassedThrough { get; init; }

    /// <summary>What ended the guard before the run; null where nothing did.</summary>
    public string? Failure { get; init; }

    /// <summary>Numbers of the frames that failed, the first thousand.</summary>
    public required IReadOnlyList<ulong> FlaggedFrames { get; init; }
}
