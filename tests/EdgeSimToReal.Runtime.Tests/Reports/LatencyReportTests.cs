using System.Diagnostics;
using System.Text.Json.Nodes;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Latency;
using EdgeSimToReal.Runtime.Reports;
using EdgeSimToReal.Runtime.Tests.Live;
using EdgeSimToReal.Runtime.Tests.Support;

namespace EdgeSimToReal.Runtime.Tests.Reports;

public sealed class LatencyReportTests
{
    private static readonly long Millisecond = Stopwatch.Frequency / 1000;

    [Fact]
    public void Json_SaysWhatWasMeasuredOnWhat()
    {
        // 3 frames of warm-up, then 100 with an inference of 1 … 100 ms, 50 ms apart.
        LatencyRecorder recorder = new(3);
        for (int i = -2; i <= 100; i++)
        {
            long start = Millisecond * (10_000 + (50 * i));
            recorder.Record(new FrameStamps
            {
                FirstByte = start,
                LastByte = start + (2 * Millisecond),
                Taken = start + (3 * Millisecond),
                Prepared = start + (4 * Millisecond),
                Inferred = start + ((4 + Math.Max(i, 1)) * Millisecond),
                Finished = start + (110 * Millisecond),
                Sunk = start + (111 * Millisecond),
            });
        }
        FrameDrops drops = new() { ByServer = 1, ByFullQueue = 2, ByDeadline = 3, Damaged = 4 };
        using MemorySource source = new(0, TestModels.Frame(1, 1)) { Drops = drops };
        LatencyReport report = LatencyReport.Create(recorder, source, "nothing", "edge, sun", "edgesim translate");
        JsonNode json = JsonNode.Parse(LatencyReportJson.Write(report))!;

        Assert.Equal("edgesim translate", (string?)json["command"]);
        Assert.Equal(("memory", "nothing", "edge, sun"), ((string?)json["source"], (string?)json["sink"], (string?)json["model"]));
        Assert.Equal((100, 3), ((int)json["frames"]!, (int)json["warmUpFrames"]!));
        Assert.Equal(20, (double)json["framesPerSecond"]!, 1e-6);
        Assert.InRange((DateTime)json["finishedUtc"]!, DateTime.UtcNow.AddMinutes(-1), DateTime.UtcNow.AddMinutes(1));
        Assert.Equal(
            "{\"byServer\":1,\"byFullQueue\":2,\"byDeadline\":3,\"damaged\":4,\"total\":10}", json["dropped"]!.ToJsonString());
        foreach (string member in new[] { "processor", "logicalCores", "instructions", "system", "runtime", "onnxRuntime" })
            Assert.NotEmpty(json["machine"]![member]!.ToString());

        Assert.Equal(
            ["captureToArrival", "tickToLastByte", "receive", "wait", "prepare", "infer", "finish", "guard", "sink", "total"],
            json["stagesMilliseconds"]!.AsObject().Select(stage => stage.Key));
        JsonNode infer = json["stagesMilliseconds"]!["infer"]!;
        Assert.Null(infer["notObservable"]);
        Assert.Equal(100, (int)infer["count"]!);
        // Percentiles to within the histogram's bucket, 1 in 128.
        Assert.Equal(50, (double)infer["p50"]!, 50 / 128.0);
        Assert.Equal(90, (double)infer["p90"]!, 90 / 128.0);
        Assert.Equal(99, (double)infer["p99"]!, 99 / 128.0);
        Assert.Equal(100, (double)infer["p999"]!, 100 / 128.0);
        Assert.Equal(100, (double)infer["max"]!, 1e-3);
        Assert.Equal(50.5, (double)infer["mean"]!, 1e-3);
        Assert.Equal(2, (double)json["stagesMilliseconds"]!["receive"]!["p50"]!, 2 / 128.0);
        Assert.Equal(111, (double)json["stagesMilliseconds"]!["total"]!["max"]!, 1e-3);
    }

    [Fact]
    public void StageThatWasNotObserved_SaysWhyAndHasNoFigures()
    {
        LatencyRecorder recorder = new(0);
        recorder.Record(new FrameStamps { Taken = 5 * Millisecond, Prepared = 6 * Millisecond, Sunk = 7 * Millisecond });
        JsonNode json = Report(recorder);
        Assert.Contains("does not tell when a picture was taken", Reason("captureToArrival"));
        Assert.Contains("synchronous mode", Reason("tickToLastByte"));
        Assert.Contains("byte by byte", Reason("receive"));
        Assert.Contains("byte by byte", Reason("total"));
        Assert.Contains("does not stamp", Reason("infer"));
        Assert.Equal(1, (int)json["stagesMilliseconds"]!["prepare"]!["count"]!);
        Assert.Null(json["stagesMilliseconds"]!["prepare"]!["notObservable"]);

        string Reason(string stage)
        {
            JsonObject node = json["stagesMilliseconds"]![stage]!.AsObject();
            Assert.Equal(["count", "notObservable"], node.Select(member => member.Key));
            Assert.Equal(0, (int)node["count"]!);
            return (string)node["notObservable"]!;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void RunThatEndsInTheWarmUp_SaysSo(int frames)
    {
        LatencyRecorder recorder = new(10);
        for (int i = 0; i < frames; i++)
            recorder.Record(new FrameStamps { FirstByte = 1, Sunk = 2 });
        JsonNode json = Report(recorder);
        Assert.Equal((0, frames), ((int)json["frames"]!, (int)json["warmUpFrames"]!));
        Assert.Null(json["framesPerSecond"]);
        Assert.All(json["stagesMilliseconds"]!.AsObject(), stage => Assert.Contains("warm-up", (string?)stage.Value!["notObservable"]));
    }

    [Fact]
    public void FramesOfTheSameInstant_HaveNoRate()
    {
        // An infinite number is no JSON.
        LatencyRecorder recorder = new(0);
        recorder.Record(new FrameStamps { Sunk = 7 });
        recorder.Record(new FrameStamps { Sunk = 7 });
        Assert.Null(Report(recorder)["framesPerSecond"]);
    }

    private static JsonNode Report(LatencyRecorder recorder)
    {
        using MemorySource source = new(0, TestModels.Frame(1, 1));
        return JsonNode.Parse(LatencyReportJson.Write(LatencyReport.Create(recorder, source, "", "", "")))!;
    }
}
