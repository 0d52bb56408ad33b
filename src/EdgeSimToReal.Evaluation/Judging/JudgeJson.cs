using System.Text.Json.Serialization;

namespace EdgeSimToReal.Evaluation.Judging;

/// <summary>Reads a judge's metadata without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(JudgeTrainingData[]))]
internal sealed partial class JudgeJson : JsonSerializerContext;
