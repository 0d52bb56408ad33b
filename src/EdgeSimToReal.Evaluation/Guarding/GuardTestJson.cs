using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeSimToReal.Evaluation.Guarding;

/// <summary>Writes guard tests without reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GuardTestReport))]
public sealed partial class GuardTestJson : JsonSerializerContext
{
    /// <summary>The report as JSON text.</summary>
    /// <param name="report">The report.</param>
    public static string Write(GuardTestReport report) => JsonSerializer.Serialize(report, Default.GuardTestReport) + "\n";
}
