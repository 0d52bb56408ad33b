namespace EdgeSimToReal.Onnx.Segmentation;

/// <summary>One data set that a segmenter's weights saw.</summary>
/// <param name="Name">The data set's name.</param>
/// <param name="Images">How many images of it.</param>
/// <param name="Licence">Its terms of use.</param>
public sealed record SegmenterTrainingData(string Name, int Images, string? Licence = null);
