using System.Net.Sockets;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>Whatever arrives at the ports, the server goes on serving others.</summary>
public sealed class HostileClientTests
{
    public static TheoryData<string, byte[]> BadBytes => new()
    {
        { "no MessagePack", [0xC1, 0xC1, 0xC1] },
        { "an HTTP request", "GET / HTTP/1.1\r\nHost: town\r\n\r\n"u8.ToArray() },
        { "4 GiB of binary announced", [0x94, 0x00, 0x01, 0xC6, 0xFF, 0xFF, 0xFF, 0xFF] },
        { "4 Gi array elements announced", [0xDD, 0xFF, 0xFF, 0xFF, 0xFF] },
        { "a map of 4 Gi entries", [0xDF, 0xFF, 0xFF, 0xFF, 0xFF] },
        { "a million nested arrays", Enumerable.Repeat((byte)0x91, 1_000_000).ToArray() },
        { "a response instead of a request", [0x94, 0x01, 0x01, 0xC0, 0xC0] },
        { "parameters that are no array", [0x94, 0x00, 0x01, 0xA1, (byte)'x', 0x05] },
        { "a method that is no text", [0x94, 0x00, 0x01, 0x05, 0x90] },
        { "a number", [0x05] },
    };

    [Theory]
    [MemberData(nameof(BadBytes))]
    public void BadBytes_OnTheRpcPort_CloseThatConnectionAlone(string what, byte[] bytes)
    {
        using TownRig rig = new(TownRig.Empty);
        using RawRpc hostile = new(rig.Town);
        try
        {
            hostile.Send(bytes);
            Assert.ThrowsAny<Exception>(() => hostile.Receive());
        }
        catch (SocketException)
        {
            // Closed while we were still sending.
        }
        Assert.True("0.9.16" == rig.Rpc.Value("version") as string, $"The server is gone after {what}.");
    }

    [Fact]
    public void EveryMethod_WithWrongTypes_AnswersAnErrorAndGoesOn()
    {
        using TownRig rig = new(TownRig.Empty with { Version = "0.9.16" });
        object?[] junk =
        [
            null, "text", -1L, 1L << 40, 1.5, true, Array.Empty<object?>(), new object?[] { "a", null, 1L }, new byte[] { 1, 2 },
            new object?[] { new object?[] { new object?[] { new object?[] { } } } }, float.NaN,
        ];
        (string Method, int Arguments)[] methods =
        [
            ("load_new_episode", 3), ("get_required_files", 1), ("set_episode_settings", 1),
            ("set_weather_parameters", 1), ("query_lights_state", 1), ("get_sensor_token", 1),
            ("get_actors_by_id", 1), ("spawn_actor", 2), ("spawn_actor_with_parent", 5),
            ("destroy_actor", 1), ("get_actor_bounding_box", 1), ("apply_batch", 2),
            ("set_actor_transform", 2), ("set_actor_location", 2), ("set_actor_simulate_physics", 2),
            ("apply_control_to_vehicle", 2), ("is_traffic_manager_running", 1), ("add_traffic_manager_running", 1),
            ("destroy_traffic_manager", 1),
        ];
        int refused = 0;
        foreach ((string method, int count) in methods)
        {
            foreach (object? item in junk)
            {
                object?[] answer = rig.Rpc.Call(method, [.. Enumerable.Repeat(item, count)]);
                Assert.Equal(4, answer.Length);
                if (answer[2] is string error)
                {
                    Assert.Equal(RpcErrors.WrongType(method, count + 1), error);
                    refused++;
                }
            }
        }
        Assert.True(refused > 100, $"Only {refused} refused.");
        Assert.Equal("0.9.16", rig.Rpc.Value("version"));
    }

    [Fact]
    public void NumbersThatAreNone_InTransformsAndControls_ChangeNothing()
    {
        using TownRig rig = new(TownRig.Empty with { StartSynchronous = true });
        long car = (long)rig.Spawn("vehicle.audi.tt", TownRig.Pose(30, 30, 0))[0]!;
        using RawStream observer = new RawStream(rig.Town, 1).WaitUntilSubscribed(rig.Town);
        rig.Rpc.Call("set_actor_transform", car, TownRig.Pose(float.NaN, 0, 0));
        rig.Rpc.Call("set_actor_location", car, new object?[] { float.PositiveInfinity, 0f, 0f });
        rig.Rpc.Call("apply_control_to_vehicle", car, new object?[] { float.NaN, 0f, 0f, false, false, false, 0L });
        ActorState state = rig.Actors(observer.NextFrom(rig.Tick())).Single(actor => actor.Id == car);
        Assert.Equal((30f, 30f), (state.Pose.X, state.Pose.Y));
    }

    [Theory]
    [InlineData("100000", "100000")]
    [InlineData("0", "10")]
    [InlineData("-5", "10")]
    [InlineData("8192", "8192")]
    public void ImpossiblePictureSize_InSpawn_IsRefused(string width, string height)
    {
        using TownRig rig = new(TownRig.Empty);
        ActorDefinition rgb = rig.Definition("sensor.camera.rgb");
        object?[] attributes = [new object?[] { "image_size_x", 2L, width }, new object?[] { "image_size_y", 2L, height }];
        object?[] answer = rig.Rpc.Call("spawn_actor", new object?[] { (long)rgb.Uid, rgb.Id, attributes }, TownRig.Pose(0, 0, 2));
        Assert.Equal("[[0, ['Spawn failed because of invalid actor description']]]", WireText.Of(answer[3]));
    }

    [Fact]
    public void SettingsWithFieldsOfOtherTypes_AreNotToldToOthers()
    {
        using TownRig rig = new(TownRig.Empty);
        object?[] settings = (object?[])rig.Rpc.Value("get_episode_settings")!;
        object?[] broken = [.. settings];
        broken[4] = "soon";
        broken[2] = new object?[] { true, double.NaN };
        rig.Rpc.Value("set_episode_settings", (object)broken);
        Assert.Equal(WireText.Of(settings), WireText.Of(rig.Rpc.Value("get_episode_settings")));
    }

    [Fact]
    public void HalfOpenAndSilentConnections_HoldNobodyUp()
    {
        using TownRig rig = new(TownRig.Empty);
        List<IDisposable> silent = [];
        for (int i = 0; i < 20; i++)
        {
            RawRpc half = new(rig.Town);
            half.Send([0x94, 0x00]);
            silent.Add(half);
            Socket stream = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            stream.Connect(System.Net.IPAddress.Loopback, rig.Town.StreamingPort);
            stream.Send([1, 0]);
            silent.Add(stream);
        }
        using RawStream observer = new(rig.Town, 1);
        Assert.NotNull(observer.Next());
        Assert.Equal("0.9.16", rig.Rpc.Value("version"));
        silent.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public void MoreConnectionsThanAllowed_AreClosedAndRoomComesBack()
    {
        using TownRig rig = new(TownRig.Empty);
        List<RawRpc> many = [.. Enumerable.Range(0, 80).Select(_ => new RawRpc(rig.Town))];
        Assert.Equal("0.9.16", rig.Rpc.Value("version"));
        many.ForEach(connection => connection.Dispose());
        Assert.True(SpinWait.SpinUntil(() => Answers(rig), TimeSpan.FromSeconds(20)));

        static bool Answers(TownRig rig)
        {
            try
            {
                using RawRpc late = new(rig.Town);
                return late.Value("version") is string;
            }
            catch (Exception error) when (error is EndOfStreamException or SocketException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void CallerThatReadsNoAnswers_IsNotBufferedFor()
    {
        using TownRig rig = new(TownRig.Empty);
        using RawRpc flood = new(rig.Town);
        flood.Socket.SendTimeout = 1000;
        byte[] request = WireTree.Encode(new object?[] { 0L, 1L, "get_actor_definitions", new object?[] { new object?[] { false } } });
        byte[] block = [.. Enumerable.Repeat(request, 2000).SelectMany(bytes => bytes)];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Assert.ThrowsAny<SocketException>(() =>
        {
            for (int i = 0; i < 1000; i++)
                flood.Send(block);
        });
        Assert.Equal("0.9.16", rig.Rpc.Value("version"));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 100L << 20);
    }

    [Fact]
    public void UnknownStream_IsClosed()
    {
        using TownRig rig = new(TownRig.Empty);
        using RawStream unknown = new(rig.Town, 99);
        Assert.Null(unknown.Next());
    }

    [Fact]
    public void Dispose_WithOpenConnectionsAndASlowReader_EndsAndFreesThePorts()
    {
        int port = FreePorts.Pair();
        TownServerOptions options = TownRig.Empty with { Rate = 100, Port = port, StreamingPort = port + 1 };
        TownRig rig = new(options);
        (_, uint id) = rig.SpawnCamera("rgb", 1280, 720);
        using RawStream never = new RawStream(rig.Town, id, receiveBuffer: 1 << 14).WaitUntilSubscribed(rig.Town);
        using RawRpc idle = new(rig.Town);
        rig.Dispose();
        using TownRig again = new(options);
        Assert.Equal("0.9.16", again.Rpc.Value("version"));
    }
}
