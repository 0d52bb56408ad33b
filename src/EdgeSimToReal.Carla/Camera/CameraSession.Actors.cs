using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Driving;
using EdgeSimToReal.Carla.Rpc;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Carla.Camera;

internal sealed partial class CameraSession
{
    private void SpawnAll()
    {
        BlueprintLibrary blueprints = Client.GetBlueprints();
        uint? parent = _options.VehicleId is { } id ? RequireVehicle(id)
            : _options.VehicleRole is { } role ? FindVehicle(role)
            : _options.FixedTransform is null ? SpawnVehicle(blueprints)
            : null;
        Camera = SpawnCamera(blueprints.Find(RgbId), parent);
        if (_options.WithTags)
            TagCamera = SpawnCamera(blueprints.Find(SemanticId), parent);
        if (_options.WithDepth)
            DepthCamera = SpawnCamera(blueprints.Find(DepthId), parent);
        if (_options.WithInstances)
            InstanceCamera = SpawnCamera(blueprints.Find(InstanceId), parent);
        if (_options.Traffic is { } traffic)
            SpawnTraffic(traffic, blueprints, parent);
    }

    private Actor SpawnCamera(Blueprint blueprint, uint? parent)
    {
        blueprint.Set("image_size_x", _options.Width).Set("image_size_y", _options.Height).Set("fov", _options.FieldOfView);
        if (_options.SensorTick > 0 || blueprint.Has("sensor_tick"))
            blueprint.Set("sensor_tick", _options.SensorTick);
        ActorDescription description = blueprint.ToDescription();
        Actor camera = parent is { } vehicle
            ? Client.SpawnAttached(description, _options.Mount, vehicle)
            : Client.Spawn(description, _options.FixedTransform ?? default);
        _spawned.Add(camera.Id);
        if (camera.StreamToken.Length != StreamToken.Size)
        {
            throw new EdgeSimException($"{Client.Address} spawned '{blueprint.Id}' without a stream.",
                "See the server's log.", ExitCode.Connection);
        }
        return camera;
    }

    private uint RequireVehicle(uint id) => Client.GetActors(id) is [var actor]
        ? actor.Id
        : throw new EdgeSimException($"{Client.Address} has no actor {id}.", "Give the id or the role name of a vehicle that exists.");

    private uint FindVehicle(string role)
    {
        if (!Observer.WaitForFrame(1, TimeSpan.FromSeconds(2)) && _options.Synchronous)
        {
            Client.Tick(); // a server in synchronous mode tells nothing before a tick
            Observer.WaitForFrame(1, _options.FrameTimeout);
        }
        Actor[] actors = Client.GetActors(Observer.GetActorIds());
        IEnumerable<Actor> vehicles = actors.Where(a => a.Description.Id.StartsWith("vehicle.", StringComparison.Ordinal));
        if (actors.FirstOrDefault(a => a.Description["role_name"] == role) is { } found)
            return found.Id;
        string[] roles = [.. vehicles.Select(v => v.Description["role_name"] ?? "").Where(r => r.Length > 0).Distinct()];
        throw new EdgeSimException($"{Client.Address} has no vehicle with the role name '{role}'.",
            roles.Length == 0 ? "It has no vehicle with a role name at all." : $"There are: {string.Join(", ", roles)}.");
    }

    private uint SpawnVehicle(BlueprintLibrary blueprints)
    {
        Blueprint blueprint = blueprints.Filter(_options.VehicleBlueprint).FirstOrDefault()
            ?? blueprints.Filter("vehicle.*").FirstOrDefault(b => b.Get("number_of_wheels") is null or "4")
            ?? blueprints.Find(_options.VehicleBlueprint);
        if (blueprint.Has("role_name"))
            blueprint.Set("role_name", "edgesim");
        ActorDescription description = blueprint.ToDescription();
        Transform[] points = Client.GetMapInfo().SpawnPoints;
        if (points.Length == 0)
        {
            throw new EdgeSimException($"The map of {Client.Address} has no spawn point.",
                "Attach the camera to an existing vehicle, or place it.");
        }
        CallError? error = null;
        for (int i = 0; i < points.Length; i++)
        {
            Transform point = points[(_options.SpawnPoint + i) % points.Length];
            if (Client.TrySpawn(description, point, out error) is { } vehicle)
            {
                _spawned.Add(vehicle.Id);
                SetInMotion(vehicle, point);
                return vehicle.Id;
            }
            if (error!.FromRpclib || !error.Text.Contains("collision", StringComparison.OrdinalIgnoreCase))
                break;
        }
        throw new EdgeSimException($"{Client.Address} can't spawn '{blueprint.Id}': {error!.Text.TrimEnd('.')}.",
            "Choose another blueprint or spawn point, or attach the camera to an existing vehicle.");
    }

    private void SetInMotion(Actor vehicle, Transform start)
    {
        switch (_options.Drive)
        {
            case DriveMode.Transform or DriveMode.Control:
                bool byControl = _options.Drive == DriveMode.Control;
                LanePath path = LanePath.Create(Client.GetMapData(), start);
                Client.SetSimulatePhysics(vehicle.Id, byControl);
                Driver = new LaneDriver(Client, Observer, vehicle.Id, path, _options.Speed, byControl);
                break;
            case DriveMode.TrafficManager:
                Client.RegisterAtTrafficManager([vehicle], _options.TrafficManagerPort);
                _atManager = [vehicle];
                break;
        }
    }
}
