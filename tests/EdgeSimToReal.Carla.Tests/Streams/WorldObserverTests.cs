using System.Diagnostics;
using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Streams;
using EdgeSimToReal.Carla.Tests.Support;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core.Frames;
using MessagePack;

namespace EdgeSimToReal.Carla.Tests.Streams;

public class WorldObserverTests
{
    [Theory]
    [InlineData("0.9.10")]
    [InlineData("0.9.16")]
    public void Messages_TellFrameTimeAndActors(string version)
    {
        using TestServer server = new(version);
        using CarlaClient client = CarlaClient.Connect(new CarlaClientOptions { Port = server.Port });
        using WorldObserver observer = new(client);
        server.Observer().Send(server.World(41, actors: 3));
        Assert.True(observer.WaitForFrame(41, TimeSpan.FromSeconds(5)));
        Assert.Equal([1u, 2u, 3u], observer.GetActorIds());
        Assert.True(observer.TryGetActor(2, out ActorState state));
        Assert.Equal(new Pose(2, 0, 0, 0, 0, 0), state.Pose);
        Assert.False(observer.TryGetActor(4, out _));
        Assert.Equal(0.05f, observer.Header.DeltaSeconds);
        Assert.Equal(0, observer.Captures.Find(41));
    }

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(3u)]
    public void Messages_WithHostileLengths_AreRefusedAndTheStreamOpenedAgain(uint length)
    {
        using TestServer server = new();
        using CarlaClient client = CarlaClient.Connect(new CarlaClientOptions { Port = server.Port });
        using WorldObserver observer = new(client);
        System.Net.Sockets.Socket first = server.Observer();
        first.Send(BitConverter.GetBytes(length));
        Assert.True(SpinWait.SpinUntil(() => !ReferenceEquals(server.Observer(), first), 5000));
        server.Observer().Send(server.World(9, actors: 0));
        Assert.True(observer.WaitForFrame(9, TimeSpan.FromSeconds(5)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CaptureTime_IsKnownWhereTheClockIsThisMachines(bool sameMachine)
    {
        string bootId = sameMachine ? File.ReadAllText("/proc/sys/kernel/random/boot_id") : "another machine";
        using TestServer server = new()
        {
            Override = r => r.Method == "edgesim_clock"
                ? TestServer.Value(r, (ref MessagePackWriter writer) => writer.Write(bootId))
                : null,
        };
        using CarlaCameraSource source = new(new CarlaCameraOptions
        {
            Client = new CarlaClientOptions { Port = server.Port },
            Width = 8,
            Height = 8,
            FixedTransform = default(Transform),
            SensorTick = 0.05,
            Deadline = Timeout.InfiniteTimeSpan,
        });
        long captured = Stopwatch.GetTimestamp();
        Frame frame = Next(5);
        // The observer's stream is another one: on a busy machine its message may be read behind the picture.
        for (ulong id = 6; sameMachine && frame.Stamps.Captured == 0 && id < 25; id++)
        {
            source.Return(frame);
            frame = Next(id);
        }
        if (sameMachine)
        {
            Assert.InRange(frame.Stamps.Captured - captured, -2000, 2000); // a double of seconds is good to 2 µs and better
            Assert.True(frame.Stamps.FirstByte > frame.Stamps.Captured);
        }
        else
        {
            Assert.Equal(0, frame.Stamps.Captured);
        }

        Frame Next(ulong id)
        {
            server.Observer().Send(server.World(id, actors: 0, platformTime: captured / (double)Stopwatch.Frequency));
            Thread.Sleep(50); // as a picture comes after its tick's message
            server.Rgb().Send(server.Image(13, id, 8, 8));
            return source.Take(CancellationToken.None)!;
        }
    }

    [Fact]
    public void CaptureClock_ForgetsWhatIsLongAgo()
    {
        CaptureClock clock = new();
        for (ulong frame = 1; frame <= 1000; frame++)
            clock.Add(frame, (long)frame * 10);
        Assert.Equal(0, clock.Find(0));
        Assert.Equal(0, clock.Find(10));
        Assert.Equal(10_000, clock.Find(1000));
        Assert.Equal(0, clock.Find(1001));
    }
}
