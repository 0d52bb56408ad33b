using System.Text.Json;
using EdgeSimToReal.Imaging.Filters;

namespace EdgeSimToReal.Cli.Collecting;

/// <summary>What came of a collection.</summary>
/// <param name="Frames">Frames in the folder.</param>
/// <param name="Kept">Those of this run.</param>
/// <param name="Rejected">Frames that did not pass, by reason.</param>
/// <param name="Lost">Frames that never arrived, or were left behind where the simulator does not wait.</param>
/// <param name="Unpaired">Frames of which only one of colour and tags came; none of them is written.</param>
/// <param name="Reconnects">How often the simulator was gone and came back.</param>
/// <param name="Seconds">How long the run took.</param>
/// <param name="FramesPerSecond">Frames kept a second.</param>
/// <param name="Lacking">Frames that the plan's entries lack.</param>
public sealed record CollectReport(long Frames, long Kept, IReadOnlyDictionary<string, long> Rejected, long Lost, long Unpaired,
    long Reconnects, double Seconds, double FramesPerSecond, IReadOnlyDictionary<string, int> Lacking)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
    };

    /// <summary>Sums a run up.</summary>
    public static CollectReport Create(CollectProgress progress, int earlier, TimeSpan time, IReadOnlyDictionary<string, int> lacking)
    {
        Dictionary<string, long> rejected = Enum.GetValues<FrameVerdict>().Where(verdict => verdict != FrameVerdict.Kept)
            .ToDictionary(verdict => JsonNamingPolicy.CamelCase.ConvertName(verdict.ToString()), progress.Of);
        rejected.Add("incomplete", progress.Incomplete);
        return new(earlier + progress.Kept, progress.Kept, rejected, progress.Lost, progress.Unpaired, progress.Reconnects,
            Math.Round(time.TotalSeconds, 2), Math.Round(progress.Kept / Math.Max(time.TotalSeconds, 1e-3), 2), lacking);
    }

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options) + "\n";
}
