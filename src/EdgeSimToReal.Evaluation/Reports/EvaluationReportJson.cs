using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>Writes evaluation reports without reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EvaluationReport))]
public sealed partial class EvaluationReportJson : JsonSerializerContext
{
    /// <summary>The report as JSON text.</summary>
    /// <param name="report">The report.</param>
    public static string Write(EvaluationReport report) => JsonSerializer.Serialize(report, Default.EvaluationReport) + "\n";
}
