using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Latency;
using EdgeSimToReal.Runtime.Kernels;

namespace EdgeSimToReal.Runtime.Reports;

/// <summary>What a run tells of its latency: every stage's percentiles, the drops by cause, and what was measured on what.</summary>
public sealed record LatencyReport
{
    /// <summary>The command that made the report.</summary>
    public required string Command { get; init; }

    /// <summary>When the run ended, UTC.</summary>
    public required DateTime FinishedUtc { get; init; }

    /// <summary>The frame source.</summary>
    public required string Source { get; init; }

    /// <summary>The frame sink.</summary>
    public required string Sink { get; init; }

    /// <summary>The model and texture, or "pass-through".</summary>
    public required string Model { get; init; }

    /// <summary>Where and how the network ran: CPU, or the GPU with mode and settings.</summary>
    public string? Device { get; init; }

    /// <summary>The machine that measured.</summary>
    public required MachineInfo Machine { get; init; }

    /// <summary>
    /// Which library computes bf16 convolutions beside the native operators' own kernels, or "none" and why; null where the native operators
    /// are not built.
    /// </summary>
    public string? ConvolutionLibrary { get; init; }

    /// <summary>Frames that were measured.</summary>
    public required long Frames { get; init; }

    /// <summary>Frames before them that were left out, because sessions, caches and the compiler were cold.</summary>
    public required long WarmUpFrames { get; init; }

    /// <summary>Frames a second at the sink; null for fewer than two frames.</summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>Frames lost, by cause.</summary>
    public required DropReport Dropped { get; init; }

    /// <summary>Every stage by name, in milliseconds.</summary>
    public required IReadOnlyDictionary<string, StageReport> StagesMilliseconds { get; init; }

    /// <summary>What the label guard found; null where it was off.</summary>
    public GuardReport? Guard { get; init; }

    /// <summary>Makes the report of a run.</summary>
    /// <param name="recorder">The latencies.</param>
    /// <param name="source">The frame source.</param>
    /// <param name="sink">The frame sink's description.</param>
    /// <param name="model">The translator's description.</param>
    /// <param name="command">The command line.</param>
    /// <param name="guard">What the label guard found; null where it was off.</param>
    /// <param name="device">Where and how the network ran.</param>
    public static LatencyReport Create(
        LatencyRecorder recorder, IFrameSource source, string sink, string model, string command, GuardReport? guard = null,
        string? device = null)
    {
        FrameDrops drops = source.Drops;
        return new LatencyReport
        {
            Command = command,
            FinishedUtc = DateTime.UtcNow,
            Source = source.Description,
            Sink = sink,
            Model = model,
            Device = device,
            Machine = MachineInfo.Current,
            ConvolutionLibrary = Bf16Support.ConvolutionLibrary,
            Frames = recorder.Recorded,
            WarmUpFrames = Math.Min(recorder.Seen, recorder.WarmUpFrames),
            FramesPerSecond = double.IsFinite(recorder.FramesPerSecond) ? recorder.FramesPerSecond : null,
            Dropped = new DropReport(drops.ByServer, drops.ByFullQueue, drops.ByDeadline, drops.Damaged, drops.Total),
            StagesMilliseconds = Enum.GetValues<LatencyStage>().ToDictionary(Name,
                stage => StageReport.Create(recorder[stage], stage, recorder.Recorded)),
            Guard = guard,
        };
    }

    /// <summary>A stage's name in reports: "captureToArrival", "receive", ...</summary>
    /// <param name="stage">The stage.</param>
    public static string Name(LatencyStage stage) => char.ToLowerInvariant(stage.ToString()[0]) + stage.ToString()[1..];
}
