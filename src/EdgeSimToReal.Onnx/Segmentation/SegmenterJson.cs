using System.Text.Json.Serialization;

namespace EdgeSimToReal.Onnx.Segmentation;

/// <summary>Reads a segmenter's metadata without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(SegmenterTrainingData[]))]
internal sealed partial class SegmenterJson : JsonSerializerContext;
