using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Latency;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Tests.Support;

namespace EdgeSimToReal.Runtime.Tests.Live;

public sealed class FramePipelineTests
{
    [Fact]
    public void Frames_ArriveInOrder_AndTheSinkIsCompleted()
    {
        using MemorySource source = Source(7);
        using MemorySink sink = new(100);
        using PassThroughTranslator translator = new();
        FramePipeline pipeline = new(source, translator, sink, new LatencyRecorder(0));
        pipeline.Run(0, CancellationToken.None);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], sink.Ids.ToArray().Select(id => (int)id));
        Assert.Equal((7, 1, 0), (pipeline.Frames, sink.Completed, source.Outstanding));
    }

    [Theory]
    [InlineData(3, 7, 3)]
    [InlineData(7, 7, 7)]
    [InlineData(9, 7, 7)]
    public void MaxFrames_EndsTheRun_WithoutTakingOneFrameMore(int maxFrames, int available, int expected)
    {
        using MemorySource source = Source(available);
        using MemorySink sink = new(100);
        using PassThroughTranslator translator = new();
        FramePipeline pipeline = new(source, translator, sink, new LatencyRecorder(0));
        pipeline.Run(maxFrames, CancellationToken.None);
        Assert.Equal((expected, expected, expected, 1), (pipeline.Frames, sink.Count, source.Taken, sink.Completed));
    }

    [Fact]
    public void Cancellation_FinishesTheFrameAndCompletesTheSink()
    {
        using CancellationTokenSource cancellation = new();
        using MemorySource source = Source(100);
        using MemorySink sink = new(100) { OnWrite = index => CancelAt(index, 2, cancellation) };
        using PassThroughTranslator translator = new();
        FramePipeline pipeline = new(source, translator, sink, new LatencyRecorder(0));
        pipeline.Run(0, cancellation.Token);
        Assert.Equal((3, 3, 1, 0), (pipeline.Frames, sink.Count, sink.Completed, source.Outstanding));
    }

    [Fact]
    public void CancelledFromTheStart_StillCompletesTheSink()
    {
        using MemorySource source = Source(100);
        using MemorySink sink = new(100);
        using PassThroughTranslator translator = new();
        new FramePipeline(source, translator, sink, new LatencyRecorder(0)).Run(0, new CancellationToken(canceled: true));
        Assert.Equal((0, 1), (sink.Count, sink.Completed));
    }

    [Fact]
    public void Exception_GivesTheFrameBack_AndDoesNotCompleteTheSink()
    {
        using MemorySource source = Source(100);
        using MemorySink sink = new(100) { OnWrite = index => FailAt(index, 2) };
        using PassThroughTranslator translator = new();
        LatencyRecorder recorder = new(0);
        FramePipeline pipeline = new(source, translator, sink, recorder);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => pipeline.Run(0, CancellationToken.None));
        Assert.Equal(ExitCode.Output, error.ExitCode);
        Assert.Equal((2L, 2L, 3, 0, 0), (pipeline.Frames, recorder.Seen, source.Taken, source.Outstanding, sink.Completed));
    }

    [Fact]
    public void WarmUp_IsCountedButNotRecorded()
    {
        using MemorySource source = Source(25);
        using MemorySink sink = new(100);
        using PassThroughTranslator translator = new();
        LatencyRecorder recorder = new(10);
        new FramePipeline(source, translator, sink, recorder).Run(0, CancellationToken.None);
        Assert.Equal((25, 15), (recorder.Seen, recorder.Recorded));
        Assert.All(Enum.GetValues<LatencyStage>(), stage => Assert.Equal(
            stage is LatencyStage.CaptureToArrival or LatencyStage.TickToLastByte or LatencyStage.Guard ? 0 : 15, recorder[stage].Count));
    }

    [Fact]
    public void PassThrough_SendsTheVeryFrameOn()
    {
        Frame frame = TestModels.Frame(5, 3, withTags: true);
        frame.Stamps.Taken = 17;
        byte[] before = [.. frame.Bgra];
        using PassThroughTranslator translator = new();
        Assert.Same(frame, translator.Translate(frame, out Frame fitted));
        Assert.Same(frame, fitted);
        Assert.Equal(before, frame.Bgra);
        Assert.Equal((17, 17, 17), (frame.Stamps.Prepared, frame.Stamps.Inferred, frame.Stamps.Finished));
    }

    private static MemorySource Source(int count) =>
        new(count, TestModels.Frame(4, 4, 1), TestModels.Frame(4, 4, 2), TestModels.Frame(4, 4, 3));

    private static void CancelAt(int index, int at, CancellationTokenSource cancellation)
    {
        if (index == at)
            cancellation.Cancel();
    }

    private static void FailAt(int index, int at)
    {
        if (index == at)
            throw new EdgeSimException("The disk is full.", "Make room.", ExitCode.Output);
    }
}
