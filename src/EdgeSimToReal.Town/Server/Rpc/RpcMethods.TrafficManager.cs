using EdgeSimToReal.Carla.Wire;
using MessagePack;

namespace EdgeSimToReal.Town.Server.Rpc;

/// <content>The register of Traffic Managers, which run in clients.</content>
internal sealed partial class RpcMethods
{
    private readonly Dictionary<ushort, TrafficManagerAddress> _managers = [];

    private void BindTrafficManager()
    {
        Bind("is_traffic_manager_running", 1, RpcForm.Value, IsManagerRunning);
        Bind("get_traffic_manager_running", 1, RpcForm.Value, GetManager);
        Bind("add_traffic_manager_running", 1, RpcForm.Value, AddManager);
        Bind("destroy_traffic_manager", 1, RpcForm.Value, DestroyManager);
    }

    private void IsManagerRunning(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        ushort port = arguments.ReadUInt16();
        lock (_managers)
            WriteBoolean(ref result, _managers.ContainsKey(port));
    }

    private void GetManager(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        ushort port = arguments.ReadUInt16();
        lock (_managers)
            CarlaResponse.WriteValue(ref result, _managers.GetValueOrDefault(port, new TrafficManagerAddress("", 0)));
    }

    private void AddManager(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        TrafficManagerAddress address = TrafficManagerAddress.Read(ref arguments);
        lock (_managers)
            WriteBoolean(ref result, _managers.TryAdd(address.Port, address));
    }

    private void DestroyManager(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        ushort port = arguments.ReadUInt16();
        lock (_managers)
            WriteBoolean(ref result, _managers.Remove(port));
    }
}
