using EdgeSimToReal.Evaluation.Reports;

namespace EdgeSimToReal.Evaluation.Downstream;

/// <summary>
/// What translation is for (chapter 1 of the LC-SAE report): segmenters trained on simulator frames, raw and translated, the labels and
/// the schedule the same, read real test photographs.
/// </summary>
public sealed record DownstreamReport
{
    /// <summary>Simulator frames that each segmenter was trained on.</summary>
    public required DataFacts Structures { get; init; }

    /// <summary>How the segmenters were trained: the trainer's arguments but for data and seed.</summary>
    public required IReadOnlyList<string> Training { get; init; }

    /// <summary>The trainer's configuration file, its text; null: none.</summary>
    public string? Configuration { get; init; }

    /// <summary>Their network.</summary>
    public required string Architecture { get; init; }

    /// <summary>The label space of the figures.</summary>
    public required string LabelSpace { get; init; }

    /// <summary>Real test photographs.</summary>
    public required int TestImages { get; init; }

    /// <summary>Trained on the simulator's own frames, a run a seed.</summary>
    public required IReadOnlyList<DownstreamRun> RawRuns { get; init; }

    /// <summary>Trained on translated frames, the same seeds.</summary>
    public required IReadOnlyList<DownstreamRun> TranslatedRuns { get; init; }

    /// <summary>Over the seeds, trained on raw frames.</summary>
    public DownstreamFigures Raw => DownstreamFigures.Of(RawRuns);

    /// <summary>Over the seeds, trained on translated frames.</summary>
    public DownstreamFigures Translated => DownstreamFigures.Of(TranslatedRuns);

    /// <summary>Translated less raw, seed by seed: above 0, translation helps.</summary>
    public DownstreamFigures Difference => DownstreamFigures.OfDifferences(TranslatedRuns, RawRuns);
}
