using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Driving;
using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Carla.Camera;

internal sealed partial class CameraSession
{
    private const float WalkingSpeed = 1.4f; // metres a second
    private const float HalfHeight = 0.95f; // metres: a walker's origin is in its middle
    private const int PlacesConsidered = 3; // times as many as are needed, so that chance has a choice

    /// <summary>Spawns vehicles on the spawn points near the camera, and people on the sidewalks beside them.</summary>
    private void SpawnTraffic(TrafficOptions traffic, BlueprintLibrary blueprints, uint? parent)
    {
        Random random = new(traffic.Seed);
        Transform[] points = Client.GetMapInfo().SpawnPoints;
        Vector3D middle = PlaceOf(parent);
        Array.Sort(points, (a, b) => Distance(a.Location, middle).CompareTo(Distance(b.Location, middle)));
        bool moves = traffic.Drive is DriveMode.Transform or DriveMode.Control;
        bool byControl = traffic.Drive == DriveMode.Control;
        OpenDriveMap? map = traffic.Drive != DriveMode.None && points.Length > 0 ? OpenDriveMap.Parse(Client.GetMapData()) : null;
        List<LaneDriver> vehicles = Driver is LaneDriver own ? [own] : [];
        List<LaneDriver> people = [];
        List<Actor> managed = [];
        ActorDescription[] models = [.. blueprints.Filter("vehicle.*").Select(model => Describe(model, random))];
        foreach (Transform point in Choose(points, traffic.Vehicles, random))
        {
            if (models.Length == 0 || managed.Count + vehicles.Count - (Driver is null ? 0 : 1) >= traffic.Vehicles)
                break;
            LanePath? path = moves ? LanePath.Find(map!, point, LaneKind.Driving) : null;
            if (moves && path is null)
                continue;
            if (TrySpawn(models[random.Next(models.Length)], point) is not { } vehicle)
                continue;
            if (path is not null)
            {
                Client.SetSimulatePhysics(vehicle.Id, byControl);
                vehicles.Add(new LaneDriver(Client, Observer, vehicle.Id, path, traffic.Speed, byControl));
            }
            else
            {
                managed.Add(vehicle);
            }
        }
        ActorDescription[] walkers = [.. blueprints.Filter("walker.pedestrian.*").Select(model => model.ToDescription())];
        foreach (Transform point in Choose(points, traffic.Pedestrians, random))
        {
            if (walkers.Length == 0 || map is null || people.Count >= traffic.Pedestrians)
                break;
            if (LanePath.Find(map, point, LaneKind.Sidewalk) is { } path
                && TrySpawn(walkers[random.Next(walkers.Length)], Above(path.At(random.NextDouble() * 20))) is { } walker)
            {
                people.Add(new LaneDriver(Client, Observer, walker.Id, path, WalkingSpeed, byControl: false, HalfHeight));
            }
        }
        if (traffic.Drive == DriveMode.TrafficManager && managed.Count > 0)
        {
            Client.RegisterAtTrafficManager([.. managed], _options.TrafficManagerPort);
            _atManager = [.. _atManager, .. managed];
        }
        if (vehicles.Count + people.Count > 0)
            Driver = new Fleet([.. vehicles], [.. people]);
    }

    /// <summary>The nearest places, in an order of chance.</summary>
    private static Transform[] Choose(Transform[] points, int wanted, Random random)
    {
        Transform[] near = points[..Math.Min(points.Length, PlacesConsidered * wanted)];
        random.Shuffle(near);
        return near;
    }

    private static ActorDescription Describe(Blueprint model, Random random)
    {
        if (model.Recommended("color") is { Count: > 0 } colours)
            model.Set("color", colours[random.Next(colours.Count)]);
        return model.ToDescription();
    }

    private static Transform Above(Core.Frames.Pose pose) => Transform.FromPose(pose with { Z = pose.Z + HalfHeight + 0.1f });

    private static double Distance(Vector3D a, Vector3D b) => Math.Sqrt(Math.Pow(a.X - b.X, 2) + Math.Pow(a.Y - b.Y, 2));

    private Vector3D PlaceOf(uint? parent)
    {
        if (parent is not { } id)
            return (_options.FixedTransform ?? default).Location;
        if (_options.Synchronous)
            Client.Tick(); // a server in synchronous mode tells nothing before a tick
        long giveUp = Environment.TickCount64 + 2000;
        do
        {
            if (Observer.TryGetActor(id, out ActorState state))
                return new(state.Pose.X, state.Pose.Y, state.Pose.Z);
            Thread.Sleep(10);
        }
        while (Environment.TickCount64 < giveUp);
        return default;
    }

    private Actor? TrySpawn(ActorDescription description, Transform place)
    {
        Actor? actor = Client.TrySpawn(description, place, out _);
        if (actor is not null)
            _spawned.Add(actor.Id);
        return actor; // something stands there, or the server has enough: there are other places
    }
}
