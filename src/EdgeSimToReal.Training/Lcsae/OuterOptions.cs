using EdgeSimToReal.Core;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>The outer segmenters ("teachers") and what stands in front of them (LC-SAE report, 3.2).</summary>
public sealed record OuterOptions
{
    /// <summary>
    /// Frozen segmenters: weights files or ONNX networks, see <see cref="TeacherOptions"/>. The report has one; a generator learns to
    /// please a single one while an independent network reads little, so several may share the loss.
    /// </summary>
    public IReadOnlyList<TeacherOptions> Segmenters { get; init; } = [];

    /// <summary>Whether every step asks all segmenters, or one of them by turns (cheaper).</summary>
    public bool AllAtOnce { get; init; }

    /// <summary>What becomes of several segmenters that are asked at once; the mean of probabilities needs <see cref="AllAtOnce"/>.</summary>
    public TeacherAveraging Averaging { get; init; } = TeacherAveraging.Losses;

    /// <summary>Batch normalisation of the segmenters. The report's code left it in training mode, a defect that can be measured so.</summary>
    public OuterBatchNorm BatchNorm { get; init; } = OuterBatchNorm.Eval;

    /// <summary>The segmenters' input. The report's code fed [-1, 1] without their normalisation, likewise a defect.</summary>
    public OuterNormalisation Normalisation { get; init; } = OuterNormalisation.Trained;

    /// <summary>Steps over which λ_out (and every other objective that asks the segmenters) rises from 0; 0: it acts from the start.</summary>
    public long RampSteps { get; init; }

    /// <summary>Random changes of the hybrid before a segmenter sees it, so that a pattern made for one segmenter does not survive.</summary>
    public TeacherAugmentation Augmentation { get; init; } = TeacherAugmentation.None;

    /// <summary>Checks what does not depend on files.</summary>
    /// <param name="features">Whether an objective asks for the segmenters' feature maps.</param>
    /// <exception cref="EdgeSimException">A value is out of range, or two don't go together.</exception>
    public void Validate(bool features)
    {
        ObjectiveWeights.Check(RampSteps >= 0, "outer.RampSteps", RampSteps, "from 0 on");
        Augmentation.Validate();
        for (int i = 0; i < Segmenters.Count; i++)
            Segmenters[i].Validate($"outer.segmenters.{i}");
        if (Averaging == TeacherAveraging.Probabilities && !AllAtOnce)
        {
            throw new EdgeSimException("outer.averaging is 'probabilities', which takes all segmenters at once, and outer.allAtOnce is off.",
                "Set outer.allAtOnce to true.");
        }
        if (Segmenters.FirstOrDefault(segmenter => segmenter.IsOnnx) is not { } onnx)
            return;
        if (features)
        {
            throw new EdgeSimException($"The ONNX network '{onnx.Path}' in outer.segmenters has no feature maps to match.",
                "Set weights.featureMatching, classStyle, structure and featureMeans to 0, or teach with segmenters of this project alone.");
        }
        if (BatchNorm == OuterBatchNorm.Train)
        {
            throw new EdgeSimException($"The ONNX network '{onnx.Path}' in outer.segmenters is frozen, and outer.batchNorm is 'train'.",
                "Set outer.batchNorm to eval.");
        }
    }
}
