using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Latency;
using EdgeSimToReal.Core.Metrics;

namespace EdgeSimToReal.Core.Tests;

/// <summary>What runs for every frame allocates nothing; alone in its collection so that no other test allocates meanwhile.</summary>
[Collection(nameof(CoreAllocationTests))]
[CollectionDefinition(nameof(CoreAllocationTests), DisableParallelization = true)]
public sealed class CoreAllocationTests
{
    [Fact]
    public void RecordingRemappingAndCounting_AllocateNothing()
    {
        LatencyRecorder recorder = new();
        ConfusionMatrix matrix = new(16);
        LabelRemap remap = LabelRemap.Between(LabelSpaces.Carla29, LabelSpaces.Common16);
        Frame frame = new(64, 32, withTags: true), other = new(64, 32);
        byte[] labels = new byte[64 * 32];
        float[] map = new float[16 * 8 * 4];
        AssertAllocatesNothing(() =>
        {
            frame.Stamps.FirstByte = FrameStamps.Now;
            frame.Reshape(64, 32, withTags: true);
            remap.Apply(frame.Tags, labels);
            LabelMap.Fill(labels, 64, 32, 8, map);
            matrix.Add(labels, labels);
            other.CopyIdentityFrom(frame);
            frame.Stamps.Sunk = FrameStamps.Now;
            recorder.Record(frame.Stamps);
        });
        Assert.True(recorder[LatencyStage.Total].Count > 1000);
    }

    private static void AssertAllocatesNothing(Action oneFrame)
    {
        for (int i = 0; i < 100; i++)
            oneFrame();
        // What is measured stays on this thread; others (tiered compilation, the test host) allocate when they like.
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            oneFrame();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
