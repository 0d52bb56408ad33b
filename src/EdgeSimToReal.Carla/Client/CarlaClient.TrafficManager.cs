using EdgeSimToReal.Carla.Rpc;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using MessagePack;

namespace EdgeSimToReal.Carla.Client;

public sealed partial class CarlaClient
{
    /// <summary>The Traffic Manager that some script runs; null where none does.</summary>
    /// <remarks>Traffic Managers live in C++ and Python clients, not in the server; the server only knows their addresses.</remarks>
    /// <param name="port">Its port.</param>
    public TrafficManagerAddress? FindTrafficManager(ushort port = 8000)
    {
        void WritePort(ref MessagePackWriter writer) => writer.Write(port);
        if (!Call("is_traffic_manager_running", static (ref MessagePackReader reader) => reader.ReadBoolean(), 1, WritePort))
            return null;
        TrafficManagerAddress address = Call("get_traffic_manager_running", TrafficManagerAddress.Read, 1, WritePort);
        return address.Port == 0 ? null : address;
    }

    /// <summary>Hands vehicles to a running Traffic Manager, which drives them.</summary>
    /// <param name="vehicles">The vehicles.</param>
    /// <param name="port">The Traffic Manager's port.</param>
    /// <exception cref="EdgeSimException">None runs.</exception>
    public void RegisterAtTrafficManager(Actor[] vehicles, ushort port = 8000) =>
        CallTrafficManager("register_vehicle", vehicles, port);

    /// <summary>Takes vehicles back from a running Traffic Manager.</summary>
    /// <param name="vehicles">The vehicles.</param>
    /// <param name="port">The Traffic Manager's port.</param>
    /// <exception cref="EdgeSimException">None runs.</exception>
    public void UnregisterFromTrafficManager(Actor[] vehicles, ushort port = 8000) =>
        CallTrafficManager("unregister_vehicle", vehicles, port);

    private void CallTrafficManager(string method, Actor[] vehicles, ushort port)
    {
        TrafficManagerAddress address = FindTrafficManager(port) ?? throw new EdgeSimException(
            $"No Traffic Manager runs on port {port} of {Address}.",
            "Start a script that runs one (autopilot alone does not drive), or drive by transform.", ExitCode.Connection);
        using RpcConnection manager = RpcConnection.Connect(
            address.Host, address.Port, _options.ConnectTimeout, _options.Limits, "Traffic Manager");
        manager.Call(method, _options.CallTimeout, 1, (ref MessagePackWriter writer) => WireFormat.WriteArray<Actor>(ref writer, vehicles),
            ReadNothing, withMetadata: false, out CallError? error);
        if (error is not null)
            throw new EdgeSimException($"The Traffic Manager at {manager.Address} refused '{method}': {error.Text.TrimEnd('.')}.");
    }
}
