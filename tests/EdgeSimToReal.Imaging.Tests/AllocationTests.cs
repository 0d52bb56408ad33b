using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging.Sinks;
using EdgeSimToReal.Imaging.Sources;

namespace EdgeSimToReal.Imaging.Tests;

/// <summary>Managed bytes a frame, over all threads; alone in its collection so that no other test allocates meanwhile.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public class AllocationTests
{
    private const int Frames = 1000;

    [Fact]
    public void RawFramesThroughADevice_AllocateNothing()
    {
        Assert.SkipUnless(File.Exists("/dev/zero") && File.Exists("/dev/null"), "There are no /dev/zero and /dev/null here.");
        using RawFrameSource source = new(new FileStream("/dev/zero", FileMode.Open, FileAccess.Read, FileShare.Read, 0), 128, 64);
        using RawFrameSink sink = new(new FileStream("/dev/null", FileMode.Open, FileAccess.Write, FileShare.Write, 0));
        using NullSink nothing = new();
        AssertAllocates(0, () =>
        {
            Frame frame = source.Take(default)!;
            sink.Write(frame, frame);
            nothing.Write(frame, frame);
            source.Return(frame);
        });
    }

    [Theory]
    [InlineData(VideoLayout.Translated)]
    [InlineData(VideoLayout.SideBySide)]
    public void TheVideoSink_AllocatesNothing(VideoLayout layout)
    {
        using TemporaryFolder folder = new();
        Frame simulator = TestFrames.Noise(63, 33, 1), translated = TestFrames.Noise(63, 33, 2);
        using VideoSink sink = new(folder["v.mp4"], 30, layout);
        AssertAllocates(0, () => sink.Write(simulator, translated));
    }

    [Fact]
    public void TheVideoSource_AllocatesNothing()
    {
        using TemporaryFolder folder = new();
        Frame frame = TestFrames.Noise(64, 48, 1);
        using (VideoSink sink = new(folder["v.mp4"]))
        {
            for (int i = 0; i < Frames + 100; i++)
                sink.Write(frame, frame);
        }
        using VideoSource source = new(folder["v.mp4"]);
        AssertAllocates(0, () => source.Return(source.Take(default)!));
    }

    private static void AssertAllocates(long expected, Action oneFrame)
    {
        for (int i = 0; i < 50; i++)
            oneFrame();
        long least = long.MaxValue;
        // The runtime's own threads (tiered compilation, the test host) allocate now and then: three tries, one must be clean.
        for (int attempt = 0; attempt < 3 && least > expected; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(true);
            for (int i = 0; i < Frames / 3; i++)
                oneFrame();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(true) - before);
        }
        Assert.Equal(expected, least);
    }
}
