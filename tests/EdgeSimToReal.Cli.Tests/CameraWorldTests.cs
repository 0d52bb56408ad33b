using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Streams;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Cli.Tests;

/// <summary>What a camera source does to the world around it while it looks, and that it leaves nothing behind.</summary>
public class CameraWorldTests
{
    [Fact]
    public void MapWeatherAndTraffic_AreThere_Move_AndGoWithTheCamera()
    {
        using TownServer town = TownServer.Start();
        CarlaClientOptions client = new() { Port = town.Port };
        using CarlaClient other = CarlaClient.Connect(client);
        float[] before = [.. other.GetWeather().Values];
        using (CarlaCameraSource source = new(Options(client) with
        {
            Map = "Town02",
            Weather = new() { Cloudiness = 77, SunAltitudeAngle = 33 },
            Traffic = new() { Vehicles = 6, Pedestrians = 5, Seed = 4 },
        }))
        {
            Assert.Equal("Town02", source.MapName);
            Assert.Equal(("Carla/Maps/Town02", 77f, 33f),
                (other.GetMapInfo().Name, other.GetWeather().Cloudiness, other.GetWeather().SunAltitudeAngle));
            using WorldObserver observer = new(other);
            Take(source);
            (Dictionary<uint, ActorState> first, Actor[] actors) = See();
            // Ours carries the camera; the Town's own car is there as well.
            Assert.Equal(6 + 2, actors.Count(actor => actor.Description.Id.StartsWith("vehicle.", StringComparison.Ordinal)));
            Assert.Equal(5, actors.Count(actor => actor.Description.Id.StartsWith("walker.", StringComparison.Ordinal)));
            for (int i = 0; i < 10; i++)
                Take(source);
            (Dictionary<uint, ActorState> last, _) = See();
            foreach (Actor actor in actors.Where(actor => actor.Description.Id.StartsWith("walker.", StringComparison.Ordinal)))
                Assert.InRange(Moved(actor.Id), 5, 9); // 5 seconds at walking speed
            Assert.True(actors.Count(actor => actor.Description.Id.StartsWith("vehicle.", StringComparison.Ordinal)
                && Moved(actor.Id) > 20) >= 3);
            Actor[] cars = [.. actors.Where(actor => actor.Description.Id.StartsWith("vehicle.", StringComparison.Ordinal)
                && actor.Description["role_name"] != TownServer.HeroRole)];
            foreach (Actor a in cars)
            {
                foreach (Actor b in cars.Where(b => b.Id != a.Id))
                    Assert.True(Distance(last[a.Id].Pose, last[b.Id].Pose) > 2, "Two cars are in one place.");
            }

            (Dictionary<uint, ActorState>, Actor[]) See()
            {
                // The observer's message of a tick may come after its pictures.
                ulong frame = observer.LastFrame;
                Take(source);
                Assert.True(observer.WaitForFrame(frame + 1, TimeSpan.FromSeconds(10)));
                Actor[] there = other.GetActors(observer.GetActorIds());
                Dictionary<uint, ActorState> states = [];
                foreach (Actor actor in there)
                {
                    Assert.True(observer.TryGetActor(actor.Id, out ActorState state));
                    states.Add(actor.Id, state);
                }
                return (states, there);
            }

            double Moved(uint id) => Distance(first[id].Pose, last[id].Pose);
        }
        Assert.Equal(before, other.GetWeather().Values);
        Assert.False(other.GetSettings().SynchronousMode);
        using WorldObserver after = new(other);
        Assert.True(after.WaitForFrame(1, TimeSpan.FromSeconds(10)));
        Assert.Single(other.GetActors(after.GetActorIds()), actor => actor.Description.Id.StartsWith("vehicle.", StringComparison.Ordinal));
        Assert.DoesNotContain(other.GetActors(after.GetActorIds()),
            actor => actor.Description.Id.StartsWith("walker.", StringComparison.Ordinal));
    }

    [Fact]
    public void DepthAndInstances_AreThoseOfTheirFrame_AndMissingOnesAreTold()
    {
        using TownServer town = TownServer.Start(new TownServerOptions { Vehicles = 4, Pedestrians = 4 });
        CarlaClientOptions client = new() { Port = town.Port };
        using CarlaCameraSource source = new(Options(client) with
        {
            WithDepth = true,
            WithInstances = true,
            VehicleRole = TownServer.HeroRole,
        });
        float[] metres = new float[32 * 16];
        ushort[] ids = new ushort[32 * 16];
        for (int i = 0; i < 5; i++)
        {
            Frame frame = source.Take(TestContext.Current.CancellationToken)!;
            Assert.True(source.TryTakeDepth(frame.Id, metres, TimeSpan.FromSeconds(10)));
            Assert.True(source.TryTakeInstances(frame.Id, ids, TimeSpan.FromSeconds(10)));
            for (int p = 0; p < metres.Length; p++)
                Assert.True(frame.Tags[p] switch { 11 => metres[p] > 999, 1 or 24 => metres[p] is > 1 and < 999, _ => true }); // sky, road
            source.Return(frame);
        }
        Assert.False(source.TryTakeDepth(1_000_000, metres, TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public void DepthThatWasNotAskedFor_IsAMistakeOfTheCaller()
    {
        using TownServer town = TownServer.Start(new TownServerOptions { Vehicles = 0, Pedestrians = 0 });
        using CarlaCameraSource source = new(Options(new CarlaClientOptions { Port = town.Port }));
        Assert.Throws<InvalidOperationException>(() => source.TryTakeDepth(1, new float[32 * 16], TimeSpan.Zero));
    }

    [Fact]
    public void AnUnknownMap_IsToldWithTheKnownOnes_AndServersWithoutInstancesSaySo()
    {
        using TownServer town = TownServer.Start(new TownServerOptions { Version = "0.9.12", Vehicles = 0, Pedestrians = 0 });
        CarlaClientOptions client = new() { Port = town.Port };
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => new CarlaCameraSource(Options(client) with { Map = "Atlantis" }));
        Assert.Contains("Town10HD_Opt, Town01", error.Message);
        error = Assert.Throws<EdgeSimException>(() => new CarlaCameraSource(Options(client) with { WithInstances = true }));
        Assert.Contains("sensor.camera.instance_segmentation", error.Message);
    }

    private static CarlaCameraOptions Options(CarlaClientOptions client) => new()
    {
        Client = client,
        Width = 32,
        Height = 16,
        WithTags = true,
        Synchronous = true,
        FixedDeltaSeconds = 0.5,
    };

    private static void Take(CarlaCameraSource source)
    {
        Frame frame = source.Take(TestContext.Current.CancellationToken)!;
        source.Return(frame);
    }

    private static double Distance(Pose a, Pose b) => Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));
}
