using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Tests.Support;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Carla.Tests.Camera;

/// <summary>One tick, one frame; and the server is never left frozen.</summary>
public class SynchronousModeTests
{
    private const int Width = 32;
    private const int Height = 16;

    [Fact]
    public void Recording_OfTheRealServer_GivesItsFramesTickByTick()
    {
        using ReplayServer server = new("both_sync_mode");
        using (CarlaCameraSource source = new(Options(server.Port) with { WithTags = true }))
        {
            byte[][] images = server.RecordedImages(2);
            byte[][] semantic = server.RecordedImages(3);
            for (int i = 0; i < 4; i++)
            {
                Frame frame = source.Take(TestContext.Current.CancellationToken)!;
                Assert.Equal(17ul + (ulong)i, frame.Id);
                Assert.Equal(images[i], frame.Bgra);
                Assert.Equal(semantic[i].Where((_, at) => at % 4 == 2), frame.Tags);
                Assert.True(frame.Stamps.TickAnswered > 0);
                source.Return(frame);
            }
            Assert.Equal(0, source.Drops.Total);
        }
        server.AssertSameArguments("spawn_actor", "set_episode_settings");
        Assert.Equal(["19", "1A"], server.Requests.Where(r => r.Method == "destroy_actor").Select(r => r.Arguments).Order());
    }

    [Fact]
    public void Ticks_AreNeverAheadOfTheFrames()
    {
        using TestServer server = new();
        int outstanding = 0, most = 0;
        using CarlaCameraSource source = new(Options(server.Port) with { WithTags = true });
        server.Rgb();
        server.Semantic();
        server.Ticked = frame =>
        {
            most = Math.Max(most, Interlocked.Increment(ref outstanding));
            ThreadPool.QueueUserWorkItem(_ =>
            {
                server.Rgb().Send(server.Image(13, frame, Width, Height));
                Thread.Sleep(5);
                Interlocked.Decrement(ref outstanding);
                server.Semantic().Send(server.Image(14, frame, Width, Height));
            });
        };
        ulong last = 0;
        for (int i = 0; i < 20; i++)
        {
            Frame frame = source.Take(CancellationToken.None)!;
            Assert.True(last == 0 || frame.Id == last + 1);
            last = frame.Id;
            source.Return(frame);
        }
        Assert.Equal(1, most);
    }

    [Fact]
    public void LeftOverFrames_AreDiscarded()
    {
        using TestServer server = new() { Frame = 100 };
        using CarlaCameraSource source = new(Options(server.Port));
        server.Rgb().Send(server.Image(13, 99, Width, Height)); // rendered before synchronous mode
        server.Ticked = frame => server.Rgb().Send(server.Image(13, frame, Width, Height));
        Assert.Equal(101ul, source.Take(CancellationToken.None)!.Id);
    }

    [Fact]
    public void FirstTicks_BeforeTheServerHasTheSubscription_AreRepeated()
    {
        using TestServer server = new();
        using CarlaCameraSource source = new(Options(server.Port));
        server.Rgb();
        int ticks = 0;
        server.Ticked = frame =>
        {
            if (++ticks > 1)
                server.Rgb().Send(server.Image(13, frame, Width, Height));
        };
        Assert.Equal(3ul, source.Take(CancellationToken.None)!.Id);
    }

    [Fact]
    public void Frame_ThatNeverComes_EndsWithAReason()
    {
        using TestServer server = new();
        using CarlaCameraSource source = new(Options(server.Port) with { FrameTimeout = TimeSpan.FromSeconds(1) });
        server.Rgb();
        int ticks = 0;
        server.Ticked = frame =>
        {
            if (++ticks == 1)
                server.Rgb().Send(server.Image(13, frame, Width, Height));
        };
        source.Return(source.Take(CancellationToken.None)!);
        Assert.Contains("did not send the frame 3 that was ticked",
            Assert.Throws<EdgeSimException>(() => source.Take(CancellationToken.None)).Message);
    }

    [Theory]
    [InlineData("0.9.10")]
    [InlineData("0.9.15")]
    public void Settings_AreSetAndRestoredWhole(string version)
    {
        using TestServer server = new(version);
        EpisodeSettings before = server.Settings;
        using (CarlaCameraSource source = new(Options(server.Port)))
        {
            Assert.True(server.Settings.SynchronousMode);
            Assert.Equal(0.05, server.Settings.FixedDeltaSeconds);
            Assert.Equal(before.Rest, server.Settings.Rest);
        }
        Assert.False(server.Settings.SynchronousMode);
        Assert.Null(server.Settings.FixedDeltaSeconds);
        Assert.Equal(before.Rest, server.Settings.Rest);
    }

    [Fact]
    public void Settings_WhenOpeningFails_AreRestored()
    {
        using TestServer server = new();
        server.Override = r => r.Method == "spawn_actor"
            ? TestServer.Encode((ref MessagePack.MessagePackWriter writer) =>
            {
                RpcResponse.WriteHeader(ref writer, r.Id);
                CarlaResponse.WriteError(ref writer, "out of memory", methodHasValue: true);
            })
            : null;
        Assert.Contains("out of memory", Assert.Throws<EdgeSimException>(() => new CarlaCameraSource(Options(server.Port))).Message);
        Assert.False(server.Settings.SynchronousMode);
    }

    [Fact]
    public void Server_RestartedInBetween_IsSynchronousAgainAndRestoredAtTheEnd()
    {
        int port = FreePorts.Pair();
        TestServer first = new(port: port, streamPort: port + 1);
        first.Ticked = frame => first.Rgb().Send(first.Image(13, frame, Width, Height));
        CarlaCameraSource source = new(Options(first.Port));
        source.Return(source.Take(CancellationToken.None)!);
        first.Kill();
        using TestServer second = new("0.9.15", first.Port, first.StreamPort) { Frame = 70 };
        second.Ticked = frame => second.Rgb().Send(second.Image(13, frame, Width, Height));
        Frame frame = source.Take(CancellationToken.None)!;
        Assert.InRange(frame.Id, 71ul, 90ul);
        Assert.True(second.Settings.SynchronousMode);
        source.Return(frame);
        source.Dispose();
        Assert.False(second.Settings.SynchronousMode);
        Assert.Empty(second.Actors);
    }

    [Fact]
    public void Map_LoadedKeepingOurSettings_RestoresTheFirstOnesAtTheEnd()
    {
        using TestServer server = new();
        using (CarlaCameraSource source = new(Options(server.Port)))
        {
            server.Ticked = frame => server.Rgb().Send(server.Image(13, frame, Width, Height));
            source.Return(source.Take(CancellationToken.None)!);
            server.Ticked = null;
            server.EpisodeId = 2;
            server.DestroyActors(_ => true);
            server.CloseAllStreams();
            Assert.True(SpinWait.SpinUntil(() => source.Reconnects == 1, 5000));
        }
        Assert.False(server.Settings.SynchronousMode);
    }

    [Fact]
    public void Take_InSteadyState_AllocatesNothingOnItsThread()
    {
        using TestServer server = new();
        byte[][] images = [.. Enumerable.Range(0, 400).Select(i => server.Image(13, (ulong)i, Width, Height))];
        using CarlaCameraSource source = new(Options(server.Port));
        server.Rgb();
        server.Ticked = frame => server.Rgb().Send(images[frame]);
        // On a loaded machine a wait may take its slow way, which allocates once, after any warm-up; a frame that allocates does so in each.
        long least = long.MaxValue;
        for (int round = 0; round < 4 && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 99; i++)
                source.Return(source.Take(CancellationToken.None)!);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    private static CarlaCameraOptions Options(int port) => new()
    {
        Client = new CarlaClientOptions { Port = port },
        Width = Width,
        Height = Height,
        Synchronous = true,
        FixedTransform = default(Transform),
    };
}
