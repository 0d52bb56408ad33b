using System.Diagnostics;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Core.Latency;

/// <summary>Collects the stages of every frame into histograms; allocates nothing per frame.</summary>
/// <param name="warmUpFrames">The first frames, which are left out (sessions and caches are cold); reports state the number.</param>
public sealed class LatencyRecorder(int warmUpFrames = 10)
{
    private static readonly int StageCount = Enum.GetValues<LatencyStage>().Length;

    private readonly LatencyHistogram[] _stages = [.. Enumerable.Range(0, StageCount).Select(_ => new LatencyHistogram())];
    private long _firstSunk;
    private long _lastSunk;

    /// <summary>Frames that are left out at the start.</summary>
    public int WarmUpFrames { get; } = warmUpFrames;

    /// <summary>Frames seen, warm-up included.</summary>
    public long Seen { get; private set; }

    /// <summary>Frames recorded, warm-up excluded.</summary>
    public long Recorded { get; private set; }

    /// <summary>Frames a second at the sink over the recorded frames; NaN for fewer than two.</summary>
    public double FramesPerSecond =>
        Recorded < 2 ? double.NaN : (Recorded - 1) / Stopwatch.GetElapsedTime(_firstSunk, _lastSunk).TotalSeconds;

    /// <summary>The histogram of one stage; empty where the stage was not observable.</summary>
    /// <param name="stage">The stage.</param>
    public LatencyHistogram this[LatencyStage stage] => _stages[(int)stage];

    /// <summary>Records one frame.</summary>
    /// <param name="stamps">The frame's stamps; stages with an end that was not observed (0) are skipped.</param>
    public void Record(in FrameStamps stamps)
    {
        if (++Seen <= WarmUpFrames)
            return;
        if (Recorded++ == 0)
            _firstSunk = stamps.Sunk;
        _lastSunk = stamps.Sunk;
        Record(LatencyStage.CaptureToArrival, stamps.Captured, stamps.FirstByte);
        Record(LatencyStage.TickToLastByte, stamps.TickAnswered, stamps.LastByte);
        Record(LatencyStage.Receive, stamps.FirstByte, stamps.LastByte);
        Record(LatencyStage.Wait, stamps.LastByte, stamps.Taken);
        Record(LatencyStage.Prepare, stamps.Taken, stamps.Prepared);
        Record(LatencyStage.Infer, stamps.Prepared, stamps.Inferred);
        Record(LatencyStage.Finish, stamps.Inferred, stamps.Finished);
        Record(LatencyStage.Guard, stamps.Finished, stamps.Guarded);
        Record(LatencyStage.Sink, stamps.Guarded != 0 ? stamps.Guarded : stamps.Finished, stamps.Sunk);
        Record(LatencyStage.Total, stamps.FirstByte, stamps.Sunk);
    }

    private void Record(LatencyStage stage, long from, long to)
    {
        if (from != 0 && to != 0)
            _stages[(int)stage].Record((long)((to - from) * (1e9 / Stopwatch.Frequency)));
    }
}
