using System.Diagnostics;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Rendering;
using EdgeSimToReal.Town.Server;
using EdgeSimToReal.Town.Server.Streams;

namespace EdgeSimToReal.Town.World;

/// <summary>The running episode: actors, weather, settings, time.</summary>
/// <remarks>All access holds <see cref="Gate"/>; nothing here waits or renders.</remarks>
internal sealed partial class TownWorld
{
    /// <summary>The stream of the world observer.</summary>
    public const uint ObserverStream = 1;

    // The real server numbers traffic lights and signs first; a small number that is no stream's makes mix-ups visible.
    private const uint FirstActor = 24;

    private const int MostActors = 2000;
    private const float Farthest = 1e6f;

    // Pictures live in memory as long as their camera: 32 cameras of 1920x1080.
    private const long MostPixels = 1 << 26;

    private readonly TownServerOptions _options;
    private readonly StreamServer _streams;
    private readonly RenderWorkers _workers;
    private readonly EpisodeSettings _initialSettings;
    private readonly Dictionary<uint, WorldActor> _byId = [];
    private readonly List<WorldActor> _actors = []; // parents before what is mounted on them
    private bool _isMapChange;
    private long _loadedAt;
    private uint _nextActor;
    private uint _nextStream = ObserverStream + 1;

    /// <summary>Starts the first episode.</summary>
    public TownWorld(TownServerOptions options, ServerProfile profile, StreamServer streams, RenderWorkers workers)
    {
        _streams = streams;
        _workers = workers;
        Profile = profile;
        Blueprints = new BlueprintLibrary(profile, options.Width, options.Height);
        _options = options;
        Maps = new MapCatalog(options.Maps);
        _initialSettings = EpisodeSettings.CreateDefault(profile.SettingsFields);
        if (options.StartSynchronous)
            _initialSettings = _initialSettings with { SynchronousMode = true, FixedDeltaSeconds = 1 / options.Rate };
        Settings = _initialSettings;
        Weather = new WeatherParameters(DefaultWeather(profile.WeatherFields));
        BeginEpisode();
    }

    /// <summary>Guards everything here.</summary>
    public object Gate { get; } = new();

    public ServerProfile Profile { get; }

    public BlueprintLibrary Blueprints { get; }

    public MapCatalog Maps { get; }

    public EpisodeSettings Settings { get; private set; }

    public WeatherParameters Weather { get; private set; }

    /// <summary>Counts episodes from 1.</summary>
    public ulong EpisodeId { get; private set; }

    /// <summary>Number of the last frame; goes on over episodes.</summary>
    public ulong Frame { get; private set; }

    /// <summary>Simulated seconds since the server's start.</summary>
    public double Elapsed { get; private set; }

    /// <summary>Simulated seconds since the episode's start: the street's time.</summary>
    public double EpisodeTime { get; private set; }

    /// <summary>Parents before what is mounted on them. A list, since enumerating an interface would allocate every frame.</summary>
    public List<WorldActor> Actors => _actors;

    /// <summary>The street of this episode.</summary>
    public Stage Stage { get; private set; } = null!;

    public WorldActor Spectator { get; private set; } = null!;

    /// <summary>The car that the Town drives along its street; null once a client took it over, or where there is none.</summary>
    public WorldActor? Hero { get; private set; }

    public WorldActor? Find(uint id) => _byId.GetValueOrDefault(id);

    /// <summary>Ends the episode and begins another on the same or another map.</summary>
    /// <param name="map">Name, full or short; empty for the present one.</param>
    /// <param name="resetSettings">Whether the settings go back to those of the start.</param>
    /// <returns>Null, or the error.</returns>
    public string? LoadEpisode(string map, bool resetSettings)
    {
        if (map.Length > 0 && !Maps.TrySelect(map))
            return $"Map '{map}' not found";
        for (int i = _actors.Count - 1; i >= 0; i--)
            Remove(_actors[i]);
        if (resetSettings)
            Settings = _initialSettings;
        BeginEpisode();
        _isMapChange = true;
        _loadedAt = Stopwatch.GetTimestamp();
        return null;
    }

    /// <summary>Creates an actor.</summary>
    /// <param name="description">What; its uid selects the blueprint.</param>
    /// <param name="pose">Where: in the world, or on the parent.</param>
    /// <param name="parent">What it is mounted on; null for nothing.</param>
    /// <param name="error">The error in the real server's words.</param>
    public WorldActor? Spawn(ActorDescription? description, in Pose pose, WorldActor? parent, out string? error)
    {
        Blueprint? blueprint = description is null ? null : Blueprints.Find(description.Uid);
        CameraSetup? camera = null;
        error = null;
        if (blueprint is null || !blueprint.IsSpawnable || !IsPossible(pose)
            || (blueprint.Kind == ActorKind.Camera && !CameraSetup.TryRead(blueprint, description!, out camera)))
        {
            error = "Spawn failed because of invalid actor description";
            return null;
        }
        if (_actors.Count >= MostActors || PixelsOfCameras() + ((long?)camera?.Width * camera?.Height ?? 0) > MostPixels)
        {
            error = $"Spawn failed: this server has at most {MostActors} actors, and {MostPixels} pixels in all cameras together";
            return null;
        }
        if (parent is null && blueprint.Kind is ActorKind.Vehicle or ActorKind.Walker && IsOccupied(blueprint, pose))
        {
            error = "Spawn failed because of collision at spawn position";
            return null;
        }
        return Add(blueprint, description!, pose, parent, camera);
    }

    /// <summary>Destroys an actor with everything mounted on it.</summary>
    /// <returns>False for an unknown id.</returns>
    public bool Destroy(uint id)
    {
        if (!_byId.TryGetValue(id, out WorldActor? actor) || actor == Spectator)
            return false;
        for (int i = _actors.Count - 1; i >= 0; i--)
        {
            if (i < _actors.Count && IsMountedOn(_actors[i], actor))
                Remove(_actors[i]);
        }
        return true;
    }

    private static bool IsMountedOn(WorldActor actor, WorldActor root)
    {
        for (WorldActor? at = actor; at is not null; at = at.Parent)
        {
            if (at == root)
                return true;
        }
        return false;
    }

    private void BeginEpisode()
    {
        EpisodeId++;
        _nextActor = FirstActor;
        EpisodeTime = 0;
        // Every map is a street of its own; loading one again gives the same street.
        Stage = Stage is not null && Stage.Map == Maps.Index ? Stage.Restart() : new Stage(_options, Profile.Tags, Maps.Index, _workers);
        Spectator = Add(Blueprints.Spectator, Describe(Blueprints.Spectator, "spectator"), default, null, null);
        Hero = null;
        if (_options.HasHero)
        {
            Blueprint car = Blueprints.Find("vehicle.tesla.model3");
            Hero = Add(car, Describe(car, TownServer.HeroRole), Stage.HeroAt(0).Pose, null, null);
        }
    }

    private static ActorDescription Describe(Blueprint blueprint, string role)
    {
        ActorDefinition definition = blueprint.Definition;
        return new ActorDescription(
            definition.Uid,
            definition.Id,
            [.. definition.Attributes.Select(a => new ActorAttributeValue(a.Id, a.Type, a.Id == "role_name" ? role : a.Value))]);
    }

    private WorldActor Add(Blueprint blueprint, ActorDescription description, in Pose pose, WorldActor? parent, CameraSetup? camera)
    {
        Pose placed = parent is null ? pose : PoseMath.Compose(parent.Pose, pose);
        bool isSensor = blueprint.Kind is ActorKind.Camera or ActorKind.OtherSensor;
        SensorStream? stream = isSensor ? _streams.Create(_nextStream++) : null;
        WorldActor actor = new()
        {
            Id = _nextActor++,
            Blueprint = blueprint,
            Description = description,
            Parent = parent,
            Colour = ActorLook.ColourOf(_nextActor - 1, blueprint, description),
            Mount = pose,
            Pose = placed,
            LastPose = placed,
            NextPicture = double.NegativeInfinity,
            StreamId = stream?.Id ?? 0,
            Feed = camera is null ? null : new CameraFeed(camera, stream!, Profile),
        };
        _byId.Add(actor.Id, actor);
        _actors.Add(actor);
        return actor;
    }

    private void Remove(WorldActor actor)
    {
        _byId.Remove(actor.Id);
        _actors.Remove(actor);
        if (actor == Hero)
            Hero = null;
        if (actor.StreamId != 0)
            _streams.Destroy(actor.StreamId);
    }

    private long PixelsOfCameras() =>
        _actors.Sum(actor => actor.Feed is { } feed ? (long)feed.Setup.Width * feed.Setup.Height : 0);

    private bool IsOccupied(Blueprint blueprint, in Pose pose)
    {
        Vector3D own = blueprint.Extent;
        foreach (WorldActor other in _actors)
        {
            Vector3D theirs = other.Blueprint.Extent;
            if (other.Blueprint.Kind is ActorKind.Vehicle or ActorKind.Walker
                && Math.Abs(other.Pose.Z - pose.Z) < theirs.Z + own.Z
                && PoseMath.Overlaps(pose, Core(own.X), Core(own.Y), other.Pose, Core(theirs.X), Core(theirs.Y)))
            {
                return true;
            }
        }
        return false;

        // Boxes are larger than bodies: only their inner parts collide for certain.
        static float Core(float extent) => 0.8f * extent;
    }

    /// <summary>Numbers, and small enough that float32 still tells metres apart.</summary>
    private static bool IsPossible(in Pose pose) =>
        Math.Abs(pose.X) <= Farthest && Math.Abs(pose.Y) <= Farthest && Math.Abs(pose.Z) <= Farthest
        && Math.Abs(pose.Pitch) <= Farthest && Math.Abs(pose.Yaw) <= Farthest && Math.Abs(pose.Roll) <= Farthest;

    /// <summary>Clear noon; the order of the wire.</summary>
    private static float[] DefaultWeather(int fields)
    {
        float[] weather = [10, 0, 0, 5, 300, 45, 2, 0.75f, 0.1f, 0, 1, 0.03f, 0.0331f, 0];
        return weather[..fields];
    }
}
