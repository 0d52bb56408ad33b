using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Rpc;
using EdgeSimToReal.Carla.Streams;
using EdgeSimToReal.Carla.Tests.Support;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Carla.Tests.Client;

/// <summary>Our client against the bytes of the real LibCarla server, doing what the official client did.</summary>
public class RecordedServerTests
{
    private const uint NoSuchActor = 9999;

    [Fact]
    public void Handshake_VersionWorldAndMaps()
    {
        using ReplayServer server = new("both_handshake");
        using CarlaClient client = Connect(server);
        Assert.Equal("0.9.16", client.ServerVersion);
        Assert.Equal("0.9.16", client.Profile.Version);
        EpisodeInfo episode = client.GetEpisodeInfo();
        Assert.Equal(new EpisodeInfo(1, new StreamToken(1, (ushort)server.StreamPort)), episode);
        Assert.Equal(episode.WorldObserver, client.GetSensorToken(episode.WorldObserver));
        Assert.Equal(["/Game/Carla/Maps/Town10HD_Opt", "/Game/Carla/Maps/Town01"], client.GetAvailableMaps());
        server.AssertSameArguments("get_sensor_token", "get_available_maps", "get_episode_info");
    }

    [Fact]
    public void Settings_ChangedAndRestored_KeepWhatWeDoNotKnow()
    {
        using ReplayServer server = new("both_settings");
        using CarlaClient client = Connect(server);
        EpisodeSettings before = client.GetSettings();
        Assert.Equal((false, false, null, 8), (before.SynchronousMode, before.NoRenderingMode, before.FixedDeltaSeconds, before.RestCount));
        Assert.Equal(14ul, client.SetSettings(before with { SynchronousMode = true, FixedDeltaSeconds = 0.05 }));
        Assert.Equal(16ul, client.Tick());
        Assert.Equal(17ul, client.Tick());
        client.SetSettings(before);
        server.AssertSameArguments("set_episode_settings", "tick_cue");
    }

    [Fact]
    public void Map_NameSpawnPointsAndRoads()
    {
        using ReplayServer server = new("both_map");
        using CarlaClient client = Connect(server);
        MapInfo map = client.GetMapInfo();
        Assert.Equal("Carla/Maps/Town10HD_Opt", map.Name);
        Assert.Equal(
            [new Transform(new(10, 20, 0.6f), new(0, 90, 0)), new Transform(new(-64.6f, 24.4f, 0.6f), new(0, 0.159f, 0))], map.SpawnPoints);
        Assert.Contains("<OpenDRIVE>", client.GetMapData());
    }

    [Fact]
    public void Weather_ReadChangedAndSet()
    {
        using ReplayServer server = new("both_weather");
        using CarlaClient client = Connect(server);
        WeatherParameters weather = client.GetWeather();
        Assert.Equal(14, weather.Values.Length);
        weather.Cloudiness = 42;
        weather.SunAltitudeAngle = 33;
        // The recorded answer is that of an asynchronous call: "unknown error", which says nothing.
        Assert.Throws<EdgeSimException>(() => client.SetWeather(weather));
        WeatherParameters changed = client.GetWeather();
        Assert.Equal((42f, 33f), (changed.Cloudiness, changed.SunAltitudeAngle));
        server.AssertSameArguments("set_weather_parameters", "get_weather_parameters");
    }

    [Fact]
    public void Actors_SpawnFindMoveAndDestroy()
    {
        using ReplayServer server = new("both_actors");
        using CarlaClient client = Connect(server);
        using WorldObserver observer = new(client);
        BlueprintLibrary blueprints = client.GetBlueprints();
        Assert.Equal(8, blueprints.Definitions.Count);
        Assert.Equal(3, blueprints.Filter("vehicle.*").Count());
        Blueprint blueprint = blueprints.Find("vehicle.tesla.model3").Set("role_name", "ego_vehicle").Set("color", "0,0,0");
        Actor vehicle = client.Spawn(blueprint.ToDescription(), new(new(10, 20, 0.6f), new(0, 90, 0)));
        Assert.Equal((25u, 0u, "vehicle.tesla.model3", "ego_vehicle"),
            (vehicle.Id, vehicle.ParentId, vehicle.Description.Id, vehicle.Description["role_name"]));
        Assert.Equal(new BoundingBox(new(0, 0, 0.7f), new(2.3f, 1, 0.7f), default, 0), vehicle.BoundingBox);
        Assert.True(observer.WaitForFrame(15, TimeSpan.FromSeconds(5)));
        Assert.Contains(24u, observer.GetActorIds());
        Actor spectator = Assert.Single(client.GetActors(24));
        Assert.Equal("spectator", spectator.Description.Id);
        Assert.Empty(client.GetActors(NoSuchActor));
        client.SetTransform(25, new(new(12, 21, 0.6f), new(0, 45, 0)));
        client.ApplyControl(25, new VehicleControl(0.5f, -0.25f, ManualGearShift: true, Gear: 1));
        client.ApplyControl(25, default);
        client.SetLocation(25, new(1, 2, 3));
        client.SetSimulatePhysics(25, false);
        Assert.Equal(spectator.Id, client.GetSpectator().Id);
        client.SetTransform(24, new(new(0, 0, 30), new(-90, 0, 0)));
        Assert.True(client.Destroy(25));
        server.AssertSameArguments("spawn_actor", "set_actor_transform", "apply_control_to_vehicle", "set_actor_location",
            "set_actor_simulate_physics", "destroy_actor");
    }

    [Fact]
    public void Errors_AreSaidInWords()
    {
        using ReplayServer server = new("both_errors");
        using CarlaClient client = Connect(server);
        Blueprint camera = client.GetBlueprints().Find("sensor.camera.rgb").Set("image_size_x", 16).Set("image_size_y", 8);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => client.SpawnAttached(camera.ToDescription(), default, 25));
        Assert.Contains("unable to attach actor: parent actor not found", error.Message);
        error = Assert.Throws<EdgeSimException>(() => client.LoadMap("Nowhere"));
        Assert.Contains("Map 'Nowhere' not found", error.Message);
        server.AssertSameArguments("load_new_episode");
        client.GetWeather(); // the connection is as good as before
    }

    [Fact]
    public void Cameras_AllFourKinds_BringTheRecordedPixels()
    {
        using ReplayServer server = new("both_cameras");
        using CarlaClient client = Connect(server);
        BlueprintLibrary blueprints = client.GetBlueprints();
        Actor vehicle = client.Spawn(blueprints.Find("vehicle.tesla.model3").ToDescription(), new(new(10, 20, 0.6f), default));
        (string Id, int Width, int Height, int Type)[] cameras =
        [
            ("rgb", 64, 32, client.Profile.RgbType), ("semantic_segmentation", 64, 32, client.Profile.SemanticType),
            ("depth", 32, 16, client.Profile.DepthType), ("instance_segmentation", 32, 16, client.Profile.InstanceType!.Value),
        ];
        uint stream = 2;
        foreach ((string id, int width, int height, int type) in cameras)
        {
            ActorDescription description = blueprints.Find("sensor.camera." + id)
                .Set("image_size_x", width).Set("image_size_y", height).Set("fov", 100).ToDescription();
            Transform mount = new(new(1.5f, 0, 2.4f), default);
            Actor camera = id == "rgb" ? client.Spawn(description, mount) : client.SpawnAttached(description, mount, vehicle.Id);
            StreamToken token = client.GetSensorToken(StreamToken.FromBytes(camera.StreamToken));
            Assert.Equal(stream, token.StreamId);
            using ImageReceiver receiver = new(new ImageFormat(width, height, type), WireLimits.Default);
            receiver.Open("127.0.0.1", token, TimeSpan.FromSeconds(5));
            byte[] pixels = new byte[width * height * 4];
            ulong frame = 15;
            foreach (byte[] expected in server.RecordedImages(stream))
            {
                ReceiveStatus status;
                do
                    status = receiver.Receive(pixels);
                while (status == ReceiveStatus.Partial);
                Assert.Equal(ReceiveStatus.Complete, status);
                Assert.Equal(frame++, receiver.Header.Frame);
                Assert.Equal(expected, pixels);
            }
            Assert.Equal(18ul, frame);
            stream++;
        }
        foreach (uint id in (uint[])[26, 27, 28, 29, 25])
            Assert.True(client.Destroy(id));
        server.AssertSameArguments("spawn_actor", "spawn_actor_with_parent", "destroy_actor");
    }

    [Fact]
    public void ListenAgain_ANewTokenAndANewConnection()
    {
        using ReplayServer server = new("both_listen_again");
        using CarlaClient client = Connect(server);
        ImageFormat format = new(16, 8, client.Profile.SemanticType);
        using ImageReceiver receiver = new(format, WireLimits.Default);
        byte[] pixels = new byte[16 * 8 * 4];
        for (int round = 0; round < 2; round++)
        {
            receiver.Open("127.0.0.1", client.GetSensorToken(new StreamToken(2, 0)), TimeSpan.FromSeconds(5));
            ReceiveStatus status;
            do
                status = receiver.Receive(pixels);
            while (status == ReceiveStatus.Partial);
            Assert.Equal(ReceiveStatus.Complete, status);
            receiver.Close();
        }
    }

    [Fact]
    public void LoadWorld_WaitsForTheNewEpisode()
    {
        using ReplayServer server = new("both_load_world");
        using CarlaClient client = Connect(server);
        EpisodeInfo loaded = client.LoadMap("Town01");
        Assert.Equal(2ul, loaded.Id);
        Assert.Equal(server.RecordedRequests.First(r => r.Method == "load_new_episode"),
            server.Requests.Single(r => r.Method == "load_new_episode"));
    }

    [Fact]
    public void RawErrors_OfRpclib_AreToldApart()
    {
        using ReplayServer server = new("server_raw_errors");
        RpcConnection rpc = RpcConnection.Connect("127.0.0.1", server.Port, TimeSpan.FromSeconds(5));
        using (rpc)
        {
            rpc.Call("nope", TimeSpan.FromSeconds(5), 0, null, (ref MessagePack.MessagePackReader _) => true,
                withMetadata: true, out CallError? error);
            Assert.True(error!.FromRpclib && RpcErrors.IsUnknownMethod(error.Text));
        }
    }

    private static CarlaClient Connect(LoopbackServer server) => CarlaClient.Connect(new CarlaClientOptions { Port = server.Port });
}
