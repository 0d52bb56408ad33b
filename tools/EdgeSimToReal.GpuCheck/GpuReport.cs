using System.Text.Json;

namespace EdgeSimToReal.GpuCheck;

/// <summary>What a GPU check found.</summary>
internal sealed record GpuReport
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>When it ended, UTC; null in a report that is only kept meanwhile: what it does not tell has not been checked.</summary>
    public required DateTime? FinishedUtc { get; init; }

    /// <summary>The device; null where its properties could not be read.</summary>
    public required DevicePeaks? Device { get; init; }

    /// <summary>ONNX Runtime's version.</summary>
    public required string OnnxRuntime { get; init; }

    /// <summary>Each kernel against the CPU path.</summary>
    public required IReadOnlyList<KernelResult> Kernels { get; init; }

    /// <summary>Why native operators don't run there; null where they do.</summary>
    public required string? OperatorsRefused { get; init; }

    /// <summary>Each native operator against standard ones on the CPU; empty where they don't run.</summary>
    public required IReadOnlyList<OperatorResult> Operators { get; init; }

    /// <summary>What the device test suites said of themselves; null where they were not run.</summary>
    public required string? Suites { get; init; }

    /// <summary>Each bundle against the CPU.</summary>
    public required IReadOnlyList<BundleResult> Bundles { get; init; }

    /// <summary>The latency table.</summary>
    public required IReadOnlyList<LatencyRow> Latency { get; init; }

    /// <summary>What did not pass, in words.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>The report as JSON text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";
}

/// <summary>A kernel against the CPU path on one input, and its time on the device.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="MaxDifference">The greatest difference of any value; 0: the same bits.</param>
/// <param name="Allowed">What it may be.</param>
/// <param name="Milliseconds">Median on the device.</param>
/// <param name="GigabytesPerSecond">Bytes that it must read and write over that time.</param>
internal sealed record KernelResult(string Kernel, double MaxDifference, double Allowed, double Milliseconds, double GigabytesPerSecond);

/// <summary>A native operator on the device against standard ones on the CPU.</summary>
/// <param name="Operator">Its name.</param>
/// <param name="Precision">fp32 or fp16.</param>
/// <param name="Layout">NCHW or NHWC.</param>
/// <param name="RelativeL2">Of its output.</param>
/// <param name="Allowed">What it may be.</param>
internal sealed record OperatorResult(string Operator, string Precision, string Layout, double RelativeL2, double Allowed);

/// <summary>A bundle's picture on the device against the CPU's.</summary>
/// <param name="Bundle">Its name.</param>
/// <param name="Precision">fp32, without TF32, or fp16.</param>
/// <param name="Way">How it was computed: operators, CUDA graph, mode.</param>
/// <param name="RelativeL2">Of the network's output; fp32 has to reach 1e-5.</param>
/// <param name="Psnr">In dB; fp16 has to reach 45.</param>
/// <param name="WorstBlock">The same of the worst block of 16×16 pixels; 35.</param>
/// <param name="PictureLevels">The most that a value of the pictures that came back is off, in levels of 255; 1, in fp16 16.</param>
/// <param name="GuardDifference">The greatest difference of the label guard's measures; null where the bundle has no guard.</param>
internal sealed record BundleResult(
    string Bundle, string Precision, string Way, double RelativeL2, double? Psnr, double? WorstBlock, int PictureLevels,
    double? GuardDifference);

/// <summary>A median and a 99th percentile in milliseconds.</summary>
internal sealed record Spread(double P50, double P99);

/// <summary>A row of the latency table.</summary>
internal sealed record LatencyRow
{
    /// <summary>The network's preset, or the bundle's name.</summary>
    public required string Model { get; init; }

    /// <summary>The picture's size.</summary>
    public required string Size { get; init; }

    /// <summary>fp32 or fp16.</summary>
    public required string Precision { get; init; }

    /// <summary>Whether the network was recorded as a CUDA graph.</summary>
    public required bool Graph { get; init; }

    /// <summary>On the device, by events.</summary>
    public required Spread Upload { get; init; }

    /// <summary>On the device, by events.</summary>
    public required Spread Prepare { get; init; }

    /// <summary>On the device, by events.</summary>
    public required Spread Infer { get; init; }

    /// <summary>On the device, by events.</summary>
    public required Spread Finish { get; init; }

    /// <summary>On the device, by events.</summary>
    public required Spread Download { get; init; }

    /// <summary>From frame to frame, by the host's clock.</summary>
    public required Spread Total { get; init; }

    /// <summary>Frames a second in throughput mode.</summary>
    public required double ThroughputFramesPerSecond { get; init; }

    /// <summary>Managed bytes a frame on the thread that translates.</summary>
    public required double ManagedBytesPerFrame { get; init; }

    /// <summary>Multiply-accumulates of a frame.</summary>
    public required long MultiplyAccumulates { get; init; }

    /// <summary>Bytes of the layers' inputs, outputs and weights.</summary>
    public required long Bytes { get; init; }

    /// <summary>The least time that the device can take: layer by layer the greater of both.</summary>
    public required double? FloorMilliseconds { get; init; }

    /// <summary>The floor over the network's median.</summary>
    public required double? ShareOfFloor { get; init; }

    /// <summary>Prepare, finish and both copies over the total, medians.</summary>
    public required double AroundShare { get; init; }

    /// <summary>With the label guard beside the live path on every 10th frame; null where there is no guard.</summary>
    public required GuardedRow? GuardEvery10 { get; init; }

    /// <summary>With it on every frame that finds it free.</summary>
    public required GuardedRow? GuardEvery1 { get; init; }

    /// <summary>With every frame waiting for its verdict.</summary>
    public required GuardedRow? GuardPassthrough { get; init; }
}

/// <summary>What a frame takes with the label guard.</summary>
/// <param name="Total">From frame to frame.</param>
/// <param name="CheckedShare">Judged frames over those whose turn it was: the guard lets frames go while it is busy.</param>
/// <param name="ManagedBytesPerFrame">On the thread that translates.</param>
internal sealed record GuardedRow(Spread Total, double CheckedShare, double ManagedBytesPerFrame)
{
    /// <summary>The median, and the judged share where some were let go, for people.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{Total.P50:F3}{(CheckedShare < 1 ? FormattableString.Invariant($" ({CheckedShare:P0} judged)") : "")}");
}
