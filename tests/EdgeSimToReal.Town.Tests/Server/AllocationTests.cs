using System.Buffers.Binary;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>No managed byte a frame, all threads; alone, since the count is the process'.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int Frames = 100;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 3)]
    [InlineData(4, 3)]
    public void Ticks_WithSubscribers_AllocateNothing(int replay, int threads)
    {
        using TownRig rig = new(new TownServerOptions { StartSynchronous = true, Replay = replay, Vehicles = 20, Threads = threads });
        long hero = rig.Hero();
        using RawStream observer = new RawStream(rig.Town, 1).WaitUntilSubscribed(rig.Town);
        using RawStream rgb = rig.Listen("rgb", 64, 32, hero);
        using RawStream tags = rig.Listen("semantic_segmentation", 64, 32, hero);
        byte[] cue = WireTree.Encode(new object?[] { 0L, 7L, "tick_cue", new object?[] { new object?[] { false } } });
        byte[] buffer = new byte[1 << 16];
        Run(Frames); // warm-up
        long least = long.MaxValue;
        // The runner's own threads may allocate once in a while: the least of some runs is the server's.
        for (int attempt = 0; attempt < 5 && least > 0; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Run(Frames);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        Assert.Equal(0, least);

        void Run(int frames)
        {
            for (int i = 0; i < frames; i++)
            {
                rig.Rpc.Socket.Send(cue);
                Assert.True(rig.Rpc.Socket.Receive(buffer) > 0);
                Drain(observer);
                Drain(rgb);
                Drain(tags);
            }
        }

        void Drain(RawStream stream)
        {
            Fill(stream, 4);
            Fill(stream, BinaryPrimitives.ReadInt32LittleEndian(buffer));
        }

        void Fill(RawStream stream, int count)
        {
            for (int at = 0; at < count;)
                at += stream.Socket.Receive(buffer.AsSpan(at, count - at));
        }
    }
}
