using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeSimToReal.Evaluation.Ablation;

/// <summary>Writes ablation reports without reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AblationReport))]
public sealed partial class AblationReportJson : JsonSerializerContext
{
    /// <summary>The report as JSON text.</summary>
    /// <param name="report">The report.</param>
    public static string Write(AblationReport report) => JsonSerializer.Serialize(report, Default.AblationReport) + "\n";
}
