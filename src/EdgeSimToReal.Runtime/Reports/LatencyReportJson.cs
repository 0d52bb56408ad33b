using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeSimToReal.Runtime.Reports;

/// <summary>Writes latency reports without reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LatencyReport))]
public sealed partial class LatencyReportJson : JsonSerializerContext
{
    /// <summary>The report as JSON text.</summary>
    /// <param name="report">The report.</param>
    public static string Write(LatencyReport report) => JsonSerializer.Serialize(report, Default.LatencyReport) + "\n";
}
