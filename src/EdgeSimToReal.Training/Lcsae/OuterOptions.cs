namespace EdgeSimToReal.Training.Lcsae;

/// <summary>The outer segmenters ("teachers") and what stands in front of them (LC-SAE report, 3.2).</summary>
public sealed record OuterOptions
{
    /// <summary>
    /// Weights files of frozen segmenters (safetensors with their configuration in the metadata). The report has one; a generator learns
    /// to please a single one while an independent network reads little, so several may share the loss.
    /// </summary>
    public IReadOnlyList<string> Segmenters { get; init; } = [];

    /// <summary>Whether every step asks all segmenters, or one of them by turns (cheaper).</summary>
    public bool AllAtOnce { get; init; }

    /// <summary>Batch normalisation of the segmenters. The report's code left it in training mode, a defect that can be measured so.</summary>
    public OuterBatchNorm BatchNorm { get; init; } = OuterBatchNorm.Eval;

    /// <summary>The segmenters' input. The report's code fed [-1, 1] without their normalisation, likewise a defect.</summary>
    public OuterNormalisation Normalisation { get; init; } = OuterNormalisation.Trained;

    /// <summary>Steps over which λ_out (and every other objective that asks the segmenters) rises from 0; 0: it acts from the start.</summary>
    public long RampSteps { get; init; }

    /// <summary>Random changes of the hybrid before a segmenter sees it, so that a pattern made for one segmenter does not survive.</summary>
    public TeacherAugmentation Augmentation { get; init; } = TeacherAugmentation.None;
}
