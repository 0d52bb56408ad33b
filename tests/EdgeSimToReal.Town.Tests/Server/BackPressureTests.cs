using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>Slow and several readers (facts of the protocol, section 2).</summary>
public sealed class BackPressureTests
{
    private const int Width = 640;
    private const int Height = 360;
    private const int Length = ImageHeader.PixelOffset + (Width * Height * 4);

    [Fact]
    public void SlowReader_InAsynchronousMode_GetsWholeFramesWithGaps()
    {
        using TownRig rig = new(TownRig.Empty with { Rate = 200, Replay = 2 });
        (_, uint id) = rig.SpawnCamera("rgb", Width, Height);
        using RawStream camera = new(rig.Town, id, receiveBuffer: 1 << 16);
        using RawStream observer = new(rig.Town, 1);
        List<ulong> frames = [];
        for (int i = 0; i < 12; i++)
        {
            byte[] message = camera.Next()!;
            Assert.Equal(Length, message.Length);
            Assert.Equal(new ImageHeader(Width, Height, 90), ImageHeader.Read(message.AsSpan(SensorHeader.Size)));
            frames.Add(SensorHeader.Read(message).Frame);
            observer.NextFrom(frames[^1] + 40);
        }
        ulong[] steps = [.. frames.Skip(1).Zip(frames, (later, earlier) => later - earlier)];
        Assert.All(steps, step => Assert.True(step is > 0 and < 1000));
        Assert.Contains(steps, step => step > 1);
    }

    [Fact]
    public void SeveralSubscribers_InSynchronousMode_EachGetEveryFrame()
    {
        using TownRig rig = new(TownRig.Empty with { StartSynchronous = true });
        (_, uint id) = rig.SpawnCamera("rgb", 64, 32);
        using RawStream first = new RawStream(rig.Town, id).WaitUntilSubscribed(rig.Town);
        ulong start = rig.Tick();
        first.NextFrom(start);
        using RawStream second = new(rig.Town, id);
        using RawStream third = new(rig.Town, id);
        Assert.True(SpinWait.SpinUntil(() => rig.Town.Streams.Find(id)!.SessionCount == 3, TimeSpan.FromSeconds(20)));
        for (ulong i = 1; i <= 5; i++)
        {
            Assert.Equal(start + i, rig.Tick());
            byte[] picture = first.NextFrom(start + i);
            Assert.Equal(start + i, SensorHeader.Read(picture).Frame);
            Assert.Equal(picture, second.Next());
            Assert.Equal(picture, third.Next());
        }
    }

    [Fact]
    public async Task SlowReaders_InSynchronousMode_LoseNothingAndNobodyDeadlocks()
    {
        const int ticks = 24;
        using TownRig rig = new(TownRig.Empty with { StartSynchronous = true, Replay = 2 });
        // Three streams of nearly a megabyte a frame, small buffers: each blocks the server again and again.
        RawStream[] cameras = [.. Enumerable.Range(0, 3).Select(_ =>
            new RawStream(rig.Town, rig.SpawnCamera("rgb", Width, Height).Stream, receiveBuffer: 1 << 14).WaitUntilSubscribed(rig.Town))];
        Task<ulong[]>[] readers = [.. cameras.Select((camera, index) => Task.Run(() => Enumerable.Range(0, ticks).Select(_ =>
        {
            Thread.Sleep(index * 3);
            return SensorHeader.Read(camera.Next()!).Frame;
        }).ToArray()))];
        ulong[] cued = [.. Enumerable.Range(0, ticks).Select(_ => rig.Tick())];
        foreach (ulong[] got in await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(30)))
            Assert.Equal(cued, got);
        Array.ForEach(cameras, camera => camera.Dispose());
    }

    [Fact]
    public void ReaderThatStops_InSynchronousMode_IsLetGoAndTheOthersGoOn()
    {
        using TownRig rig = new(TownRig.Empty with { StartSynchronous = true, Replay = 2, StallLimit = TimeSpan.FromMilliseconds(300) });
        (_, uint stopped) = rig.SpawnCamera("rgb", Width * 2, Height * 2);
        (_, uint small) = rig.SpawnCamera("semantic_segmentation", 32, 16);
        using RawStream never = new RawStream(rig.Town, stopped, receiveBuffer: 1 << 14).WaitUntilSubscribed(rig.Town);
        using RawStream reads = new RawStream(rig.Town, small).WaitUntilSubscribed(rig.Town);
        for (int i = 0; i < 12; i++)
        {
            ulong frame = rig.Tick();
            Assert.Equal(frame, SensorHeader.Read(reads.NextFrom(frame)).Frame);
        }
        Assert.True(SpinWait.SpinUntil(() => !rig.Town.Streams.Find(stopped)!.HasSessions, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void ReaderThatStops_WhenTheModeGoesBack_HoldsNothingUp()
    {
        using TownRig rig = new(TownRig.Empty with { StartSynchronous = true, Replay = 2, StallLimit = TimeSpan.FromMinutes(10) });
        (_, uint stopped) = rig.SpawnCamera("rgb", Width * 2, Height * 2);
        using RawStream never = new RawStream(rig.Town, stopped, receiveBuffer: 1 << 14).WaitUntilSubscribed(rig.Town);
        using RawStream observer = new RawStream(rig.Town, 1).WaitUntilSubscribed(rig.Town);
        // Another client cues until the server waits for the reader.
        using RawRpc other = new(rig.Town);
        byte[] cue = WireTree.Encode(new object?[] { 0L, 1L, "tick_cue", new object?[] { new object?[] { false } } });
        other.Socket.ReceiveTimeout = 500;
        Assert.ThrowsAny<System.Net.Sockets.SocketException>(() =>
        {
            for (int i = 0; i < 100; i++)
                other.Exchange(cue);
        });
        Assert.Equal("0.9.16", rig.Rpc.Value("version"));
        object?[] settings = (object?[])rig.Rpc.Value("get_episode_settings")!;
        settings[0] = false;
        ulong frame = (ulong)(long)rig.Rpc.Value("set_episode_settings", (object)settings)!;
        observer.NextFrom(frame + 5);
    }
}
