using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Town.Rendering;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Server;

/// <summary>The street of one episode: the scene, what moves in it, and its renderer.</summary>
/// <remarks>Updated under the world's gate while no frame is under way, rendered from by one caller while one is.</remarks>
internal sealed class Stage
{
    private const float SpawnHeight = 0.6f; // the real maps' spawn points hang this far above the road
    private const double SpawnSpacing = 25;

    // Behind the Town's own car, which starts at 0, and before the traffic that follows it: the first point is free at the start.
    private const double FirstSpawn = 10;

    private readonly TownScene _scene;
    private readonly TownState _state;
    private readonly TownState _last;
    private readonly TownRenderer _renderer;
    private readonly LabelSpace _tags;
    private readonly RenderWorkers _workers;

    /// <summary>Builds the street of a map.</summary>
    public Stage(TownServerOptions options, LabelSpace tags, int map, RenderWorkers workers)
        : this(SceneCache.Get(new TownOptions
        {
            Seed = options.Seed + (ulong)map,
            Vehicles = options.Vehicles,
            Pedestrians = options.Pedestrians,
        }), tags, map, workers)
    {
    }

    private Stage(TownScene scene, LabelSpace tags, int map, RenderWorkers workers)
    {
        Map = map;
        _scene = scene;
        _tags = tags;
        _state = new TownState(scene);
        _last = new TownState(scene);
        _workers = workers;
        _renderer = new TownRenderer(scene, workers);
    }

    /// <summary>The street itself.</summary>
    public TownScene Scene => _scene;

    /// <summary>Index of the map.</summary>
    public int Map { get; }

    /// <summary>The same street at its start, with a renderer of its own: another thread may use it.</summary>
    public Stage Restart() => new(_scene, _tags, Map, _workers);

    /// <summary>Where the Town's own car is, and its velocity in metres a second.</summary>
    /// <param name="time">Simulated seconds since the episode's start.</param>
    public (Pose Pose, Vector3D Velocity) HeroAt(double time)
    {
        Pose pose = _scene.Path.PoseAt(time * Traffic.EgoLaneSpeed);
        (float sin, float cos) = MathF.SinCos(pose.Yaw * (MathF.PI / 180));
        return (pose, new Vector3D(cos * Traffic.EgoLaneSpeed, sin * Traffic.EgoLaneSpeed, 0));
    }

    /// <summary>Places in both directions of the road where vehicles may start.</summary>
    public Transform[] SpawnPoints()
    {
        List<Transform> points = [];
        for (double behind = FirstSpawn; behind < _scene.Path.Length - FirstSpawn; behind += SpawnSpacing)
        {
            points.Add(At(_scene.Path.PoseAt(-behind, DrivePath.LaneOffset)));
            points.Add(At(_scene.Path.PoseAt(-behind, -DrivePath.LaneOffset, backwards: true)));
        }
        return [.. points];

        static Transform At(in Pose pose) => Transform.FromPose(pose with { Z = pose.Z + SpawnHeight });
    }

    /// <summary>The road as OpenDRIVE.</summary>
    public string OpenDrive(string name) => OpenDriveText.Write(_scene.Path, name);

    /// <summary>Moves the street's traffic to a moment and the clients' actors to where they are.</summary>
    /// <param name="time">Simulated seconds since the episode's start.</param>
    /// <param name="lastTime">The moment of the frame before.</param>
    /// <param name="placed">The clients' actors.</param>
    /// <param name="keepsLast">Whether the frame before is needed, for optical flow.</param>
    public void Update(double time, double lastTime, List<PlacedActor> placed, bool keepsLast)
    {
        if (keepsLast && _state.Time == lastTime)
            _last.CopyFrom(_state);
        else if (keepsLast)
            Place(_last, lastTime, placed, atLastPose: true);
        Place(_state, time, placed, atLastPose: false);
    }

    /// <summary>Draws one view.</summary>
    /// <param name="view">Size and opening angle.</param>
    /// <param name="pose">The camera's pose.</param>
    /// <param name="lastPose">Its pose at the frame before.</param>
    /// <param name="weather">The episode's weather.</param>
    /// <param name="targets">What to draw.</param>
    public void Render(in CameraView view, in Pose pose, in Pose lastPose, WeatherParameters weather, RenderTargets targets)
    {
        targets.TagSpace = _tags;
        _renderer.Render(_state, SkyOf(weather), pose, view, targets, _last, lastPose);
    }

    private static void Place(TownState state, double time, List<PlacedActor> placed, bool atLastPose)
    {
        state.Time = time;
        foreach (PlacedActor actor in placed)
        {
            Pose pose = atLastPose ? actor.LastPose : actor.Pose;
            if (!state.MoveActor(actor.Id, pose))
                state.AddActor(actor.Id, actor.Model, pose, actor.Colour);
        }
        // Those not placed are gone. They are rare, so looking for them may be slow.
        for (int i = state.Actors.Length - 1; i >= 0 && CountOfClients(state) > placed.Count; i--)
        {
            int id = state.Actors[i].Id;
            if (!placed.Exists(actor => actor.Id == id))
                state.RemoveActor(id);
        }
    }

    private static int CountOfClients(TownState state) => state.Actors.Length - state.Scene.Traffic.Count;

    private static TownWeather SkyOf(WeatherParameters weather) => new()
    {
        Cloudiness = Percent(weather.Cloudiness),
        Precipitation = Percent(weather.Precipitation),
        PrecipitationDeposits = Percent(weather.PrecipitationDeposits),
        SunAzimuthDegrees = Math.Clamp(weather.SunAzimuthAngle, -720, 720),
        SunAltitudeDegrees = Math.Clamp(weather.SunAltitudeAngle, -90, 90),
        FogDensity = Percent(weather.FogDensity),
        FogDistance = Math.Clamp(weather.FogDistance, 0, 1e4f),
        Wetness = Percent(weather.Wetness),
    };

    private static float Percent(float value) => Math.Clamp(value, 0, 100);
}
