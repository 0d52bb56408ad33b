using EdgeSimToReal.Onnx.Segmentation;

namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>The judge.</summary>
/// <param name="Architecture">Its network.</param>
/// <param name="Id">The id of its weights; null where its file tells none.</param>
/// <param name="LabelSpace">The label space of its classes.</param>
/// <param name="ValidationMeanIoU">Its own validation mIoU, as its file tells.</param>
/// <param name="TrainingData">The data sets that its weights saw.</param>
/// <param name="TookPart">Whether it took part in the model's training: then its figures prove little.</param>
/// <param name="Selected">Whether it chose the model's checkpoint: then its figures flatter the model.</param>
public sealed record JudgeFacts(
    string Architecture, string? Id, string LabelSpace, double? ValidationMeanIoU, IReadOnlyList<SegmenterTrainingData> TrainingData,
    bool TookPart, bool Selected)
{
    /// <summary>The factor by which images were enlarged before it read them; not in the constructor, since earlier reports don't tell.</summary>
    public double Scale { get; set; } = 1;
}
