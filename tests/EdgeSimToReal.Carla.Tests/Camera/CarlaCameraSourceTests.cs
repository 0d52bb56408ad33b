using System.Net.Sockets;
using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Tests.Support;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using MessagePack;

namespace EdgeSimToReal.Carla.Tests.Camera;

/// <summary>A camera of a running server, asynchronous mode.</summary>
public class CarlaCameraSourceTests
{
    private const int Width = 32;
    private const int Height = 16;
    private const string StraightRoad = """
        <OpenDRIVE><road id="1" length="200"><link/><planView><geometry s="0" x="0" y="0" hdg="0" length="200"><line/></geometry></planView>
        <lanes><laneSection s="0"><right><lane id="-1" type="driving">
        <width sOffset="0" a="3.5" b="0" c="0" d="0"/></lane></right></laneSection></lanes>
        </road></OpenDRIVE>
        """;

    private static readonly Transform Somewhere = new(new(1, 2, 3), default);

    [Theory]
    [InlineData("0.9.10")]
    [InlineData("0.9.13")]
    [InlineData("0.9.14")]
    [InlineData("0.9.15")]
    [InlineData("0.9.16")]
    [InlineData("0.10.0")]
    public void Frames_OfEveryVersion_ArriveWithTagsAndAreCleanedUp(string version)
    {
        using TestServer server = new(version);
        using (CarlaCameraSource source = Open(server, withTags: true))
        {
            Send(server.Rgb(), server.Image(server.Profile.RgbType, 5, Width, Height));
            Send(server.Semantic(), server.Image(server.Profile.SemanticType, 5, Width, Height, i => (byte)(i % 4 == 2 ? i / 4 % 23 : 0)));
            Frame frame = Take(source);
            Assert.Equal(5ul, frame.Id);
            Assert.Equal(0.25, frame.SimulatedTime, 9);
            Assert.Equal(new Pose(1, 2, 3, 4, 5, 6), frame.SensorPose);
            Assert.Equal(server.Image(server.Profile.RgbType, 5, Width, Height)[64..], frame.Bgra);
            Assert.Equal(Enumerable.Range(0, Width * Height).Select(i => (byte)(i % 23)), frame.Tags);
            Assert.Same(server.Profile.Tags, frame.TagSpace);
            Assert.True(frame.Stamps.FirstByte > 0 && frame.Stamps.LastByte >= frame.Stamps.FirstByte
                && frame.Stamps.Taken >= frame.Stamps.LastByte);
            Assert.Equal(0, frame.Stamps.Captured); // not observable on CARLA
            source.Return(frame);
            Assert.Equal(0, source.Drops.Total);
        }
        Assert.Empty(server.Actors);
    }

    [Fact]
    public void Images_OutOfStep_ArePairedByNumber()
    {
        using TestServer server = new();
        using CarlaCameraSource source = Open(server, withTags: true);
        ServerProfile profile = server.Profile;
        // Tags two frames ahead, then colour two ahead, and one of each lost for good.
        foreach (ulong frame in (ulong[])[1, 2])
            Send(server.Semantic(), Tags(server, frame));
        foreach (ulong frame in (ulong[])[1, 2, 3, 4])
            Send(server.Rgb(), server.Image(profile.RgbType, frame, Width, Height));
        foreach (ulong expected in (ulong[])[1, 2])
            AssertFrame(source, expected);
        Send(server.Semantic(), Tags(server, 4)); // 3 was lost
        AssertFrame(source, 4);
        Send(server.Semantic(), Tags(server, 5));
        Send(server.Semantic(), Tags(server, 6));
        Thread.Sleep(50);
        Send(server.Rgb(), server.Image(profile.RgbType, 6, Width, Height)); // 5 was lost in the server
        AssertFrame(source, 6);
        Assert.Equal(new FrameDrops { ByServer = 1, Damaged = 1 }, source.Drops);
    }

    [Fact]
    public void Gaps_InFrameNumbers_AreCounted()
    {
        using TestServer server = new();
        using CarlaCameraSource source = Open(server);
        foreach (ulong frame in (ulong[])[10, 11, 15])
        {
            Send(server.Rgb(), server.Image(server.Profile.RgbType, frame, Width, Height));
            AssertFrame(source, frame);
        }
        Assert.Equal(3, source.Drops.ByServer);
    }

    [Fact]
    public void Consumer_ThatIsSlow_GetsTheNewestAndTheServerIsNeverHeldUp()
    {
        using TestServer server = new();
        using CarlaCameraSource source = Open(server, change: o => o with { Deadline = TimeSpan.Zero });
        Socket stream = server.Rgb();
        stream.SendTimeout = 5000;
        for (ulong frame = 1; frame <= 500; frame++)
            Send(stream, server.Image(server.Profile.RgbType, frame, Width, Height));
        Frame? last = null;
        while (last?.Id != 500)
        {
            if (last is not null)
                source.Return(last);
            last = Take(source);
        }
        FrameDrops drops = source.Drops;
        Assert.True(drops.ByFullQueue > 0);
        Assert.Equal(0, drops.ByServer + drops.Damaged);
    }

    [Fact]
    public void Server_KilledMidFrameAndBackAfterThreeSeconds_ResumesByItself()
    {
        int port = FreePorts.Pair();
        TestServer first = new(port: port, streamPort: port + 1);
        using CarlaCameraSource source = Open(first, withTags: true);
        Send(first.Rgb(), first.Image(13, 50, Width, Height));
        Send(first.Semantic(), Tags(first, 50));
        AssertFrame(source, 50);
        Send(first.Rgb(), first.Image(13, 51, Width, Height)[..1000]);
        Thread.Sleep(50);
        first.Kill();
        Thread.Sleep(3000);
        using TestServer second = new("0.9.15", first.Port, first.StreamPort);
        Send(second.Rgb(), second.Image(13, 3, Width, Height));
        Send(second.Semantic(), Tags(second, 3));
        AssertFrame(source, 3);
        Assert.Equal(1, source.Drops.Damaged);
        Assert.Equal(1, source.Reconnects);
        Assert.Equal(2, second.Actors.Count);
    }

    [Fact]
    public void Server_GoneForGood_IsGivenUp()
    {
        using TestServer server = new();
        using CarlaCameraSource source = Open(server, change: o => o with { GiveUpAfter = TimeSpan.FromMilliseconds(300) });
        server.Rgb();
        server.Kill();
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => source.Take(CancellationToken.None));
        Assert.Contains("was not back after 0.3 s: No CARLA at 127.0.0.1", error.Message);
        Assert.Equal(ExitCode.Connection, error.ExitCode);
    }

    [Fact]
    public void Stream_ClosedWhileTheServerLives_IsOpenedAgainWithTheSameCamera()
    {
        using TestServer server = new();
        using CarlaCameraSource source = Open(server);
        Send(server.Rgb(), server.Image(13, 1, Width, Height));
        AssertFrame(source, 1);
        server.CloseStream("sensor.camera.rgb");
        Send(server.Rgb(), server.Image(13, 4, Width, Height));
        AssertFrame(source, 4);
        Assert.Equal(1, server.Requests.Count(r => r.Method == "spawn_actor"));
        Assert.Equal(2, source.Drops.ByServer); // 2 and 3
    }

    [Fact]
    public void Sensor_DestroyedBySomebodyElse_EndsWithAReason()
    {
        using TestServer server = new();
        using CarlaCameraSource source = Open(server);
        server.Rgb();
        Socket stream = server.Rgb();
        server.DestroyActors(_ => true);
        stream.Shutdown(SocketShutdown.Both);
        Assert.Contains("the sensor was destroyed", Assert.Throws<EdgeSimException>(() => source.Take(CancellationToken.None)).Message);
    }

    [Fact]
    public void Map_LoadedBySomebodyElse_GetsANewCamera()
    {
        using TestServer server = new();
        using CarlaCameraSource source = Open(server);
        Socket stream = server.Rgb();
        server.EpisodeId = 2;
        server.DestroyActors(_ => true);
        stream.Shutdown(SocketShutdown.Both);
        Thread.Sleep(300);
        Send(server.Rgb(), server.Image(13, 1, Width, Height));
        AssertFrame(source, 1);
    }

    [Fact]
    public void Map_LoadedWithItsStreamsLate_HasTheActorsOfOneSession()
    {
        using TestServer server = new();
        using CarlaCameraSource source = Open(server, change: o => o with { ReconnectInterval = TimeSpan.FromMilliseconds(1) });
        Send(server.Rgb(), server.Image(13, 1, Width, Height));
        AssertFrame(source, 1);
        ushort closed = (ushort)FreePorts.Pair();
        int late = 3;
        server.Override = request =>
        {
            uint stream = request.Method == "get_sensor_token" ? request.ReadArguments(out _).ReadUInt32() : 0;
            return stream <= TestServer.FirstActor || Interlocked.Decrement(ref late) < 0 ? null
                : TestServer.Value(request, (ref MessagePackWriter writer) => new StreamToken(stream, closed).Write(ref writer));
        };
        server.EpisodeId = 2;
        server.DestroyActors(_ => true);
        server.CloseAllStreams();
        Assert.True(SpinWait.SpinUntil(() => source.Reconnects == 1, 10_000));
        Send(server.Rgb(), server.Image(13, 2, Width, Height));
        AssertFrame(source, 2);
        Assert.True(late < 0);
        Assert.Single(server.Actors);
    }

    [Fact]
    public void Tags_ThatCeaseWhileColourGoesOn_AreSubscribedToAgain()
    {
        using TestServer server = new();
        using CarlaCameraSource source = Open(server, withTags: true);
        Send(server.Rgb(), server.Image(13, 1, Width, Height));
        Send(server.Semantic(), Tags(server, 1));
        AssertFrame(source, 1);
        (Socket colour, Socket ceased) = (server.Rgb(), server.Semantic());
        ulong frame = 1;
        while (source.Reconnects == 0 && frame < 1000)
        {
            // Without an exception: while both streams are being opened again, the old ones are closed.
            colour.Send(server.Image(13, ++frame, Width, Height), SocketFlags.None, out _);
            Thread.Sleep(20); // 50 frames a second
        }
        Assert.True(SpinWait.SpinUntil(
            () => !ReferenceEquals(server.Rgb(), colour) && !ReferenceEquals(server.Semantic(), ceased), 5000));
        Send(server.Rgb(), server.Image(13, ++frame, Width, Height));
        Send(server.Semantic(), Tags(server, frame));
        AssertFrame(source, frame);
    }

    [Fact]
    public void Dispose_AtAServerThatHasFrozen_WaitsOnce()
    {
        using TestServer server = new();
        CarlaCameraSource source = Open(server, withTags: true, synchronous: true,
            change: o => o with { Client = o.Client with { CallTimeout = TimeSpan.FromSeconds(2) } });
        Assert.Equal(2, server.Actors.Count);
        server.Override = request => request.Method == "destroy_actor" ? [] : null;
        source.Dispose();
        Assert.Equal(1, server.Requests.Count(r => r.Method == "destroy_actor"));
        Assert.False(server.Settings.SynchronousMode); // what concerns others is tried all the same
    }

    [Fact]
    public void Message_Damaged_IsCountedAndTheStreamResynchronised()
    {
        using TestServer server = new();
        using CarlaCameraSource source = Open(server);
        Send(server.Rgb(), server.Image(13, 1, Width, Height));
        AssertFrame(source, 1);
        byte[] wrong = server.Image(13, 2, Width, Height);
        new ImageHeader(Height, Width, 90).Write(wrong.AsSpan(52));
        Socket before = server.Rgb();
        Send(before, wrong);
        SpinWait.SpinUntil(() => source.Reconnects == 1 && !ReferenceEquals(server.Rgb(), before), 5000);
        Send(server.Rgb(), server.Image(13, 3, Width, Height));
        AssertFrame(source, 3);
        Assert.Equal(1, source.Drops.Damaged);
    }

    [Fact]
    public void Messages_DamagedAlways_EndWithAReason()
    {
        using TestServer server = new();
        using CarlaCameraSource source = Open(server, change: o => o with { ReconnectInterval = TimeSpan.FromMilliseconds(1) });
        using CancellationTokenSource done = new();
        Thread feeder = new(() =>
        {
            while (!done.IsCancellationRequested)
            {
                try
                {
                    server.Rgb().Send(server.Image(16, 1, Width, Height));
                }
                catch (Exception error) when (error is SocketException or ObjectDisposedException or TimeoutException)
                {
                    Thread.Sleep(1); // a source that has given up does not subscribe again
                }
            }
        });
        feeder.Start();
        try
        {
            EdgeSimException error = Assert.Throws<EdgeSimException>(() => source.Take(CancellationToken.None));
            Assert.Contains("breaks again and again: sensor type 16 instead of 13", error.Message);
        }
        finally
        {
            done.Cancel();
            feeder.Join();
        }
    }

    [Fact]
    public void Open_OnARoleOrVehicle_AttachesOrNamesThoseThatExist()
    {
        using TestServer server = new("0.9.16");
        using CarlaClient other = CarlaClient.Connect(new CarlaClientOptions { Port = server.Port });
        Actor hero = other.Spawn(other.GetBlueprints().Find("vehicle.audi.tt").Set("role_name", "hero").ToDescription(), default);
        using (CarlaCameraSource source = Open(server, change: o => o with { FixedTransform = null, VehicleId = hero.Id }))
            Assert.Contains(server.Actors, a => a.ParentId == hero.Id);
        Assert.Equal(hero.Id, Assert.Single(server.Actors).Id); // it is not ours to destroy
        Assert.Contains("has no actor 77", Assert.Throws<EdgeSimException>(
            () => Open(server, change: o => o with { FixedTransform = null, VehicleId = 77 })).Message);
        Assert.Contains("no vehicle with the role name 'ego'", Assert.Throws<EdgeSimException>(
            () => Open(server, change: o => o with { FixedTransform = null, VehicleRole = "ego" })).Message);
    }

    [Fact]
    public void Open_WithoutVehicle_SpawnsOneAndMovesItAlongTheLane()
    {
        using TestServer server = new() { MapData = StraightRoad };
        using (CarlaCameraSource source = Open(server, synchronous: true, change: o => o with { FixedTransform = null, Speed = 10 }))
        {
            server.Ticked = frame => Send(server.Rgb(), server.Image(13, frame, Width, Height));
            for (int i = 0; i < 3; i++)
                source.Return(Take(source));
            Actor vehicle = Assert.Single(server.Actors, a => a.Description.Id == "vehicle.audi.tt");
            Assert.Equal("edgesim", vehicle.Description["role_name"]);
            string[] moves = [.. server.Requests.Where(r => r.Method == "set_actor_transform").Select(r => r.Arguments)];
            Assert.Equal(3, moves.Length);
            Assert.Equal(3, moves.Distinct().Count());
        }
        Assert.Empty(server.Actors);
    }

    [Fact]
    public void Vehicle_InAsynchronousMode_MovesWithTheWorldsTicks()
    {
        using TestServer server = new() { MapData = StraightRoad };
        using CarlaCameraSource source = Open(server, change: o => o with { FixedTransform = null, Speed = 10 });
        for (ulong frame = 1; frame <= 4; frame++)
            server.Observer().Send(server.World(frame, actors: 0));
        Assert.True(SpinWait.SpinUntil(() => server.Requests.Count(r => r.Method == "set_actor_transform") == 4, 5000));
        Assert.Single(server.Requests,
            r => r.Method == "set_actor_simulate_physics" && r.Arguments.EndsWith("C2", StringComparison.Ordinal));
    }

    [Fact]
    public void Server_ThatRendersNothing_IsRefused()
    {
        using TestServer server = new();
        server.Settings = server.Settings with { NoRenderingMode = true };
        Assert.Contains("no_rendering_mode is on", Assert.Throws<EdgeSimException>(() => Open(server)).Message);
    }

    [Fact]
    public void Server_LeftSynchronousByAnother_IsReportedInsteadOfWaitedForEver()
    {
        using TestServer server = new();
        server.Settings = server.Settings with { SynchronousMode = true, FixedDeltaSeconds = 0.05 };
        using CarlaCameraSource source = Open(server, change: o => o with { FrameTimeout = TimeSpan.FromMilliseconds(300) });
        Assert.Contains("in synchronous mode and nobody ticks it",
            Assert.Throws<EdgeSimException>(() => source.Take(CancellationToken.None)).Message);
    }

    private static byte[] Tags(TestServer server, ulong frame) => server.Image(server.Profile.SemanticType, frame, Width, Height);

    private static void AssertFrame(CarlaCameraSource source, ulong id)
    {
        Frame frame = Take(source);
        Assert.Equal(id, frame.Id);
        byte first = (byte)frame.Id; // as TestServer.Image fills it
        Assert.Equal(first, frame.Bgra[0]);
        if (frame.HasTags)
            Assert.Equal((byte)(14 + first), frame.Tags[0]);
        source.Return(frame);
    }

    private static Frame Take(CarlaCameraSource source)
    {
        using CancellationTokenSource timeout = new(TimeSpan.FromSeconds(15));
        return source.Take(timeout.Token) ?? throw new TimeoutException("No frame.");
    }

    private static void Send(Socket socket, byte[] message) => socket.Send(message);

    private static CarlaCameraSource Open(TestServer server, bool withTags = false, bool synchronous = false,
        Func<CarlaCameraOptions, CarlaCameraOptions>? change = null)
    {
        CarlaCameraOptions options = new()
        {
            Client = new CarlaClientOptions { Port = server.Port },
            Width = Width,
            Height = Height,
            WithTags = withTags,
            Synchronous = synchronous,
            FixedTransform = Somewhere,
            // Tests pause at will; only those that are about lateness skip frames.
            Deadline = Timeout.InfiniteTimeSpan,
            SensorTick = synchronous ? 0 : 0.05,
        };
        return new CarlaCameraSource(change?.Invoke(options) ?? options);
    }
}
