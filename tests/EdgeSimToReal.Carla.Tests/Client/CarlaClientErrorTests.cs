using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Tests.Support;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using MessagePack;

namespace EdgeSimToReal.Carla.Tests.Client;

/// <summary>Each way in which a server can be wrong, and the one clear error for it.</summary>
public class CarlaClientErrorTests
{
    [Fact]
    public void Connect_NoServer_SaysWhereAndWhat()
    {
        int port;
        using (Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            port = ((IPEndPoint)probe.LocalEndPoint!).Port;
        }
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => Connect(port));
        Assert.Contains($"No CARLA at 127.0.0.1:{port}: nobody listens there.", error.Message);
        Assert.Equal(ExitCode.Connection, error.ExitCode);
    }

    [Theory]
    [InlineData("0.9.9")]
    [InlineData("2.0")]
    public void Connect_UnsupportedVersion_NamesTheSupportedOnes(string version)
    {
        using TestServer server = new("0.9.15") { Override = r => Answer(r, "version", version) };
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => Connect(server.Port));
        Assert.Contains($"CARLA '{version}', which is not supported. Supported are 0.9.10 to 0.9.16 and 0.10", error.Message);
    }

    [Fact]
    public void Connect_UnknownVersionAssumed_GoesOn()
    {
        using TestServer server = new() { Override = r => Answer(r, "version", "8f7e40f3c") };
        using CarlaClient client = CarlaClient.Connect(new CarlaClientOptions { Port = server.Port, AssumeVersion = "0.9.16" });
        Assert.Equal("0.9.16", client.Profile.Version);
    }

    [Fact]
    public void Connect_NotCarla_SaysSo()
    {
        using RawServer server = new(socket => socket.Send(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n")));
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => Connect(server.Port));
        Assert.Contains("does not speak CARLA's protocol", error.Message);
    }

    [Fact]
    public void Connect_SilentServer_TimesOut()
    {
        using RawServer server = new(_ => { });
        EdgeSimException error = Assert.Throws<EdgeSimException>(
            () => CarlaClient.Connect(new CarlaClientOptions { Port = server.Port, CallTimeout = TimeSpan.FromMilliseconds(200) }));
        Assert.Contains("did not answer 'version' within 0.2 s", error.Message);
    }

    [Theory]
    [InlineData("DDFFFFFFFF")] // an array of 4 billion
    [InlineData("94010 1C0DBFFFFFFFF")] // a text of 4 GB
    [InlineData("940101C0C6FFFFFFFF")] // a BIN of 4 GB
    [InlineData("DFFFFFFFFF")] // a map of 4 billion
    public void Connect_HostileLength_IsRefusedWithoutMemory(string hex)
    {
        using RawServer server = new(socket => socket.Send(Convert.FromHexString(hex.Replace(" ", ""))));
        long before = GC.GetTotalAllocatedBytes(true);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => Connect(server.Port));
        Assert.Contains("longer than", error.Message);
        // Other tests allocate meanwhile, but not what the length claims.
        Assert.True(GC.GetTotalAllocatedBytes(true) - before < 1L << 30);
    }

    [Fact]
    public void Connect_EndlessNesting_IsRefused()
    {
        using RawServer server = new(socket => socket.Send(Enumerable.Repeat((byte)0x91, 10_000).ToArray()));
        Assert.Contains("nested deeper", Assert.Throws<EdgeSimException>(() => Connect(server.Port)).Message);
    }

    [Fact]
    public void Connect_TruncatedAnswer_SaysThatItEnded()
    {
        using RawServer server = new(socket =>
        {
            socket.Send(Convert.FromHexString("940101C0919201A6302E"));
            socket.Shutdown(SocketShutdown.Both);
        });
        Assert.Contains("closed the connection in the middle of an answer",
            Assert.Throws<EdgeSimException>(() => Connect(server.Port)).Message);
    }

    [Fact]
    public void Call_ServerGone_FailsAtOnceAndLater()
    {
        using TestServer server = new();
        using CarlaClient client = Connect(server.Port);
        server.Override = _ =>
        {
            server.Kill();
            return [];
        };
        Assert.Contains("get_episode_info", Assert.Throws<EdgeSimException>(() => client.GetEpisodeInfo()).Message);
        Assert.False(client.IsAlive);
        Assert.Throws<EdgeSimException>(() => client.GetSettings());
    }

    [Fact]
    public void Call_AnswerOfAnotherShape_IsMalformed()
    {
        using TestServer server = new() { Override = r => Answer(r, "get_map_info", "?") };
        using CarlaClient client = Connect(server.Port);
        Assert.Contains("answered 'get_map_info' with something else", Assert.Throws<EdgeSimException>(() => client.GetMapInfo()).Message);
        Assert.Equal(1ul, client.GetEpisodeInfo().Id);
    }

    [Fact]
    public void Calls_FromManyThreadsAnsweredOutOfOrder_GetTheirOwnAnswers()
    {
        using TestServer server = new();
        using CarlaClient client = Connect(server.Port);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, worker =>
        {
            for (uint i = 0; i < 25; i++)
            {
                uint id = (uint)((worker * 1000) + i + 1);
                Assert.Equal(id, client.GetSensorToken(new StreamToken(id, 0)).StreamId);
            }
        });
    }

    [Fact]
    public void Blueprints_WrongIdAttributeOrValue_NameTheRightOnes()
    {
        using TestServer server = new("0.9.16");
        using CarlaClient client = Connect(server.Port);
        BlueprintLibrary blueprints = client.GetBlueprints();
        Assert.Contains("not found on this server. Near: sensor.camera.rgb,",
            Assert.Throws<EdgeSimException>(() => blueprints.Find("sensor.camera.rbg")).Message);
        Blueprint car = blueprints.Find("vehicle.audi.tt");
        Assert.Contains("has no attribute 'colour'. It has: role_name, color",
            Assert.Throws<EdgeSimException>(() => car.Set("colour", "1,2,3")).Message);
        Assert.Contains("always '4'", Assert.Throws<EdgeSimException>(() => car.Set("number_of_wheels", 3)).Message);
        Assert.Contains("a colour like", Assert.Throws<EdgeSimException>(() => car.Set("color", "1,2,300")).Message);
        Assert.Contains("Allowed: 1,2,3", Assert.Throws<EdgeSimException>(() => car.Set("color", "4,5,6")).Message);
        Assert.Contains("true or false", Assert.Throws<EdgeSimException>(() => car.Set("sticky_control", "yes")).Message);
        Blueprint camera = blueprints.Find("sensor.camera.rgb");
        Assert.Contains("an integer", Assert.Throws<EdgeSimException>(() => camera.Set("image_size_x", "64.5")).Message);
        Assert.Contains("a number", Assert.Throws<EdgeSimException>(() => camera.Set("fov", "wide")).Message);
        ActorDescription description = camera.Set("image_size_x", 64).ToDescription();
        // 0.9.16 counts attribute types from 1; the number is copied from the definition.
        Assert.Contains(new ActorAttributeValue("image_size_x", 2, "64"), description.Attributes);
        Assert.Contains(new ActorAttributeValue("fov", 3, "90.0"), description.Attributes);
    }

    [Theory]
    [InlineData("0.9.15", "0.9.16")]
    [InlineData("0.9.16", "0.9.15")]
    public void SpawnAttached_ServerWantsTheOtherNumberOfArguments_FallsBack(string server, string assumed)
    {
        using TestServer carla = new(server);
        using CarlaClient client = CarlaClient.Connect(new CarlaClientOptions { Port = carla.Port, AssumeVersion = assumed });
        ActorDescription camera = new(1, "sensor.camera.rgb", []);
        Assert.Equal(7u, client.SpawnAttached(camera, default, 7).ParentId);
        Assert.Equal(7u, client.SpawnAttached(camera, default, 7).ParentId);
        Assert.Equal(3, carla.Requests.Count(r => r.Method == "spawn_actor_with_parent")); // the form is learned
    }

    [Theory]
    [InlineData("0.9.13")] // by version
    [InlineData("0.9.13+")] // by the server's answer
    public void GetSensorToken_ServerWithoutIt_UsesTheActorsOwn(string version)
    {
        using TestServer server = new("0.9.13");
        using CarlaClient client = CarlaClient.Connect(
            new CarlaClientOptions { Port = server.Port, AssumeVersion = version.EndsWith('+') ? "0.9.14" : null });
        StreamToken token = new(5, 1234);
        Assert.Equal(token, client.GetSensorToken(token));
    }

    private static byte[]? Answer(RpcRequest request, string method, string text) => request.Method == method
        ? TestServer.Value(request, (ref MessagePackWriter writer) => writer.Write(text))
        : null;

    private static CarlaClient Connect(int port) => CarlaClient.Connect(new CarlaClientOptions { Port = port });
}
