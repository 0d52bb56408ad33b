using System.Text.Json;

namespace EdgeSimToReal.Cli.Tests.Support;

/// <summary>A latency report as a machine reads it.</summary>
internal sealed class ReportJson(JsonElement root)
{
    public long Frames => root.GetProperty("frames").GetInt64();

    public long WarmUpFrames => root.GetProperty("warmUpFrames").GetInt64();

    public long Dropped => root.GetProperty("dropped").GetProperty("total").GetInt64();

    public string[] StageNames => [.. root.GetProperty("stagesMilliseconds").EnumerateObject().Select(stage => stage.Name)];

    public static ReportJson Parse(string text) => new(JsonDocument.Parse(text).RootElement);

    public long Count(string stage) => Stage(stage).GetProperty("count").GetInt64();

    public string NotObservable(string stage) => Stage(stage).GetProperty("notObservable").GetString()!;

    private JsonElement Stage(string stage) => root.GetProperty("stagesMilliseconds").GetProperty(stage);
}
