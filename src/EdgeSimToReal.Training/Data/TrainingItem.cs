namespace EdgeSimToReal.Training.Data;

/// <summary>One image of a training set.</summary>
/// <param name="Image">The image's path.</param>
/// <param name="Label">The label image's path; null: unlabelled, for unsupervised objectives only.</param>
public sealed record TrainingItem(string Image, string? Label);
