using System.Net.Sockets;
using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Tests.Support;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using MessagePack;

namespace EdgeSimToReal.Carla.Tests.Client;

/// <summary>A Traffic Manager is somebody else's process: plain rpclib, no metadata, no response wrapping.</summary>
public class TrafficManagerTests
{
    [Fact]
    public void Register_WhereOneRuns_CallsItWithoutMetadata()
    {
        List<(string Method, uint[] Vehicles)> calls = [];
        using RawServer manager = new(socket => ServeTrafficManager(socket, calls));
        using TestServer server = new() { Override = request => Tell(request, manager.Port) };
        using CarlaClient client = CarlaClient.Connect(new CarlaClientOptions { Port = server.Port });
        Assert.Equal(new TrafficManagerAddress("127.0.0.1", (ushort)manager.Port), client.FindTrafficManager());
        Actor vehicle = client.Spawn(client.GetBlueprints().Find("vehicle.audi.tt").ToDescription(), default);
        client.RegisterAtTrafficManager([vehicle]);
        client.UnregisterFromTrafficManager([vehicle]);
        Assert.Equal(["register_vehicle", "unregister_vehicle"], calls.Select(c => c.Method));
        Assert.All(calls, call => Assert.Equal([vehicle.Id], call.Vehicles));
    }

    [Fact]
    public void Register_WhereNoneRuns_SaysSo()
    {
        using TestServer server = new()
        {
            Override = r => r.Method == "is_traffic_manager_running"
                ? TestServer.Value(r, (ref MessagePackWriter w) => w.Write(false))
                : null,
        };
        using CarlaClient client = CarlaClient.Connect(new CarlaClientOptions { Port = server.Port });
        Assert.Null(client.FindTrafficManager());
        Assert.Contains("No Traffic Manager runs on port 8000",
            Assert.Throws<EdgeSimException>(() => client.RegisterAtTrafficManager([])).Message);
    }

    private static byte[]? Tell(RpcRequest request, int port) => request.Method switch
    {
        "is_traffic_manager_running" => TestServer.Value(request, (ref MessagePackWriter w) => w.Write(true)),
        "get_traffic_manager_running" => TestServer.Value(request,
            (ref MessagePackWriter w) => new TrafficManagerAddress("127.0.0.1", (ushort)port).Write(ref w)),
        _ => null,
    };

    private static void ServeTrafficManager(Socket socket, List<(string, uint[])> calls)
    {
        MessageBuffer buffer = new(WireLimits.Default);
        while (socket.Receive(buffer.GetSpace().Span) is > 0 and int count)
        {
            buffer.Written(count);
            while (buffer.TryTake(out ReadOnlyMemory<byte> message))
            {
                RpcRequest request = RpcRequest.Read(message);
                Assert.Equal(1, request.ParameterCount);
                MessagePackReader reader = new(request.Parameters);
                calls.Add((request.Method, [.. WireFormat.ReadArray<Actor>(ref reader).Select(a => a.Id)]));
                socket.Send(TestServer.Encode((ref MessagePackWriter writer) =>
                {
                    RpcResponse.WriteHeader(ref writer, request.Id);
                    writer.WriteNil();
                }));
            }
        }
    }
}
