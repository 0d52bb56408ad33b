using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>What came of a preparation.</summary>
/// <param name="Layout">How the source was laid out.</param>
/// <param name="SourceLabels">Its label space; null for an unlabelled set.</param>
/// <param name="Labels">The prepared label space; null likewise.</param>
/// <param name="Splits">Class statistics by split.</param>
/// <param name="Written">Images that this run wrote; the others were there already.</param>
/// <param name="Problems">Pairs that were left out.</param>
/// <param name="IsComplete">False when the run was interrupted; what was written is valid and the next run goes on.</param>
public sealed record PreparationReport(DataSetLayout Layout, string? SourceLabels, string? Labels,
    IReadOnlyDictionary<string, SplitStatistics> Splits, int Written, IReadOnlyList<PairProblem> Problems, bool IsComplete)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options) + "\n";
}
