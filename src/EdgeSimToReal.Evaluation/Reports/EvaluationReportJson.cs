using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>Writes and reads evaluation reports without reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EvaluationReport))]
public sealed partial class EvaluationReportJson : JsonSerializerContext
{
    /// <summary>The report as JSON text.</summary>
    /// <param name="report">The report.</param>
    public static string Write(EvaluationReport report) => JsonSerializer.Serialize(report, Default.EvaluationReport) + "\n";

    /// <summary>Reads a report that was written.</summary>
    /// <param name="path">The JSON file.</param>
    /// <exception cref="EdgeSimException">It can't be read, or is none.</exception>
    public static EvaluationReport Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), Default.EvaluationReport) ?? throw new JsonException("it is null");
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't read the report '{path}': {error.Message.TrimEnd('.')}.", "Remove it to evaluate again.",
                ExitCode.BadInput, error);
        }
    }
}
