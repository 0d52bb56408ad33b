using System.Diagnostics;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Latency;

namespace EdgeSimToReal.Core.Tests.Latency;

public sealed class LatencyRecorderTests
{
    private static readonly long Millisecond = Stopwatch.Frequency / 1000;

    [Fact]
    public void EachStage_LiesBetweenItsTwoStamps()
    {
        LatencyRecorder recorder = new(warmUpFrames: 0);
        recorder.Record(Stamps(0));
        (LatencyStage Stage, int Milliseconds)[] expected =
        [
            (LatencyStage.CaptureToArrival, 3), (LatencyStage.TickToLastByte, 6), (LatencyStage.Receive, 4), (LatencyStage.Wait, 5),
            (LatencyStage.Prepare, 6), (LatencyStage.Infer, 7), (LatencyStage.Finish, 8), (LatencyStage.Guard, 4),
            (LatencyStage.Sink, 5), (LatencyStage.Total, 39),
        ];
        Assert.Equal(Enum.GetValues<LatencyStage>().Length, expected.Length);
        foreach ((LatencyStage stage, int milliseconds) in expected)
        {
            Assert.Equal(1, recorder[stage].Count);
            Assert.InRange(recorder[stage].Max, (milliseconds * 1_000_000) - 1000, (milliseconds * 1_000_000) + 1000);
        }
    }

    [Fact]
    public void WarmUp_IsSeen_ButNotRecorded()
    {
        LatencyRecorder recorder = new(warmUpFrames: 3);
        for (int i = 0; i < 3; i++)
            recorder.Record(Stamps(1000 * i));
        Assert.Equal((3, 0), (recorder.Seen, recorder.Recorded));
        Assert.Equal(0, recorder[LatencyStage.Total].Count);
        Assert.True(double.IsNaN(recorder.FramesPerSecond));
        for (int i = 3; i < 8; i++)
            recorder.Record(Stamps(50 * i));
        Assert.Equal((8, 5, 3), (recorder.Seen, recorder.Recorded, recorder.WarmUpFrames));
        Assert.Equal(5, recorder[LatencyStage.Total].Count);
        Assert.Equal(20, recorder.FramesPerSecond, 0.01);
    }

    [Fact]
    public void AStageThatWasNotObserved_StaysEmpty()
    {
        LatencyRecorder recorder = new(warmUpFrames: 0);
        FrameStamps stamps = Stamps(0);
        (stamps.Captured, stamps.TickAnswered, stamps.Finished) = (0, 0, 0);
        recorder.Record(stamps);
        LatencyStage[] missing = [LatencyStage.CaptureToArrival, LatencyStage.TickToLastByte, LatencyStage.Finish, LatencyStage.Guard];
        foreach (LatencyStage stage in Enum.GetValues<LatencyStage>())
            Assert.Equal(missing.Contains(stage) ? 0 : 1, recorder[stage].Count);
    }

    [Fact]
    public void WithoutAGuard_TheSinkBeginsWhereThePictureIsFinished()
    {
        LatencyRecorder recorder = new(warmUpFrames: 0);
        FrameStamps stamps = Stamps(0);
        stamps.Guarded = 0;
        recorder.Record(stamps);
        Assert.Equal(0, recorder[LatencyStage.Guard].Count);
        Assert.InRange(recorder[LatencyStage.Sink].Max, 8_999_000, 9_001_000);
    }

    /// <summary>Stamps from 1 s and some milliseconds on, with the gaps of <see cref="EachStage_LiesBetweenItsTwoStamps"/>.</summary>
    private static FrameStamps Stamps(int milliseconds)
    {
        long at = Stopwatch.Frequency + (milliseconds * Millisecond);
        return new FrameStamps
        {
            Captured = at,
            TickAnswered = at + Millisecond,
            FirstByte = at + (3 * Millisecond),
            LastByte = at + (7 * Millisecond),
            Taken = at + (12 * Millisecond),
            Prepared = at + (18 * Millisecond),
            Inferred = at + (25 * Millisecond),
            Finished = at + (33 * Millisecond),
            Guarded = at + (37 * Millisecond),
            Sunk = at + (42 * Millisecond),
        };
    }
}
