using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Streams;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>This project's own client against Towns of every version.</summary>
public sealed class OwnClientTests
{
    public static TheoryData<string> Versions => new(ServerProfile.All.Select(profile => profile.Version));

    [Theory]
    [MemberData(nameof(Versions))]
    public void Client_WithTownOfItsVersion_CanDoAllItOffers(string version)
    {
        using TownServer town = TownRig.Start(TownRig.Empty with { Version = version, Rate = 60 });
        using CarlaClient client = CarlaClient.Connect(new CarlaClientOptions { Port = town.Port });
        Assert.Equal(version, client.Profile.Version);
        Assert.Contains("/Game/Carla/Maps/Town10HD_Opt", client.GetAvailableMaps());
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), client.GetClockId());
        MapInfo map = client.GetMapInfo();
        Assert.True(map.SpawnPoints.Length > 20);
        Assert.Contains("<OpenDRIVE>", client.GetMapData(), StringComparison.Ordinal);

        WeatherParameters weather = client.GetWeather();
        weather.Cloudiness = 70;
        client.SetWeather(weather);
        Actor car = client.Spawn(client.GetBlueprints().Find("vehicle.tesla.model3").ToDescription(), map.SpawnPoints[2]);
        Assert.Equal(70, client.GetWeather().Cloudiness); // posted before the spawn, which was answered
        Actor camera = client.SpawnAttached(
            client.GetBlueprints().Find("sensor.camera.rgb").Set("image_size_x", 32).Set("image_size_y", 16).ToDescription(),
            Transform.FromPose(new Pose(1, 0, 2, 0, 0, 0)),
            car.Id);
        Assert.Equal(car.Id, camera.ParentId);
        Assert.Equal([car.Id, camera.Id], client.GetActors(car.Id, camera.Id).Select(actor => actor.Id));

        using (WorldObserver observer = new(client))
        {
            Assert.True(observer.WaitForFrame(observer.LastFrame + 2, TimeSpan.FromSeconds(20)));
            Assert.True(observer.TryGetActor(car.Id, out _));
            Assert.Contains(client.GetSpectator().Id, observer.GetActorIds());
            EpisodeSettings old = client.GetSettings();
            client.SetSettings(old with { SynchronousMode = true, FixedDeltaSeconds = 0.05 });
            ulong frame = client.Tick();
            Assert.True(observer.WaitForFrame(frame, TimeSpan.FromSeconds(20)));
            Assert.Equal(frame + 1, client.Tick());
            client.SetSettings(old);
            Assert.Equal(old.FixedDeltaSeconds, client.GetSettings().FixedDeltaSeconds);
            Assert.False(client.GetSettings().SynchronousMode);
        }
        Assert.True(client.Destroy(camera.Id));
        Assert.True(client.Destroy(car.Id));
        Assert.Empty(client.GetActors(car.Id));
        ulong episode = client.GetEpisodeInfo().Id;
        Assert.NotEqual(episode, client.LoadMap("Town10HD_Opt").Id);
        Assert.Throws<EdgeSimException>(() => client.LoadMap("Nowhere"));
    }

    [Theory]
    [InlineData("0.9.13", false, 0)]
    [InlineData("0.9.15", true, 0)]
    [InlineData("0.9.16", false, 6)]
    [InlineData("0.10", true, 6)]
    public void CameraSource_OnTown_GivesPairedFramesWithTheirCaptureTime(string version, bool synchronous, int replay)
    {
        using TownServer town = TownRig.Start(TownRig.Empty with { Version = version, Rate = 30, Replay = replay });
        using CarlaCameraSource source = new(new CarlaCameraOptions
        {
            Client = new CarlaClientOptions { Port = town.Port },
            Width = 64,
            Height = 32,
            WithTags = true,
            Synchronous = synchronous,
            VehicleRole = "hero",
        });
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        List<Pose> poses = [];
        ulong last = 0;
        int captured = 0;
        // In asynchronous mode a frame may be taken before its world observer message is heard, on a busy machine often.
        for (int i = 0; i < 8 || captured < 4; i++)
        {
            Frame frame = source.Take(patience.Token)!;
            Assert.Equal((64, 32, true), (frame.Width, frame.Height, frame.HasTags));
            Assert.True(frame.Id > last);
            Assert.InRange(frame.Stamps.Captured, synchronous && i > 0 ? 1 : 0, frame.Stamps.FirstByte);
            captured += frame.Stamps.Captured > 0 ? 1 : 0;
            Assert.True(frame.Tags.Distinct().Count() > 2);
            poses.Add(frame.SensorPose);
            last = frame.Id;
            source.Return(frame);
        }
        Assert.True(poses.Distinct().Count() > 1, "The hero drives.");
    }

    [Fact]
    public void CameraSource_OnACarOfItsOwn_DrivesAlongTheTownsRoad()
    {
        using TownServer town = TownRig.Start(TownRig.Empty with { Rate = 30 });
        using CarlaCameraSource source = new(new CarlaCameraOptions
        {
            Client = new CarlaClientOptions { Port = town.Port },
            Width = 32,
            Height = 16,
            Synchronous = true,
            SpawnPoint = 4,
        });
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        List<Pose> poses = [];
        for (int i = 0; i < 60; i++)
        {
            Frame frame = source.Take(patience.Token)!;
            poses.Add(frame.SensorPose);
            source.Return(frame);
        }
        double length = poses.Zip(poses.Skip(1), (a, b) => Math.Sqrt(Math.Pow(b.X - a.X, 2) + Math.Pow(b.Y - a.Y, 2))).Sum();
        Assert.InRange(length, 10, 40);
        // On the right lane all the way: where the road is, its middle and its curves as the OpenDRIVE text tells them.
        foreach (Pose pose in poses.Skip(5))
            Assert.InRange(town.Scene.Path.Nearest(pose.X, pose.Y).Lateral, 0.5f, 3.2f);
    }
}
