using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Driving;
using EdgeSimToReal.Carla.Streams;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Carla.Camera;

/// <summary>What a camera source has in one running server: connection, settings to restore, actors to destroy.</summary>
internal sealed partial class CameraSession : IDisposable
{
    private const string RgbId = "sensor.camera.rgb";
    private const string SemanticId = "sensor.camera.semantic_segmentation";
    private const string DepthId = "sensor.camera.depth";
    private const string InstanceId = "sensor.camera.instance_segmentation";

    private readonly CarlaCameraOptions _options;
    private readonly Lock _restoring = new();
    private readonly List<uint> _spawned = []; // in the order of spawning; destroyed backwards
    private EpisodeSettings? _settingsBefore;
    private string? _mapName;
    private WeatherParameters? _weatherBefore;
    private Actor[] _atManager = [];
    private bool _disposed;

    private CameraSession(CarlaCameraOptions options, CarlaClient client)
    {
        _options = options;
        Client = client;
    }

    public CarlaClient Client { get; }

    public ulong EpisodeId { get; private set; }

    public WorldObserver Observer { get; private set; } = null!;

    public Actor Camera { get; private set; } = null!;

    public Actor? TagCamera { get; private set; }

    public Actor? DepthCamera { get; private set; }

    public Actor? InstanceCamera { get; private set; }

    public string MapName => _mapName ??= ShortName(Client.GetMapInfo().Name);

    public IVehicleDriver? Driver { get; private set; }

    public EpisodeSettings Settings { get; private set; } = null!;

    /// <summary>Connects and sets everything up but the subscriptions.</summary>
    /// <param name="options">What for.</param>
    /// <param name="captures">Where capture times are noted.</param>
    /// <param name="previous">A session whose connection broke: if the server kept its actors, they are taken over.</param>
    public static CameraSession Open(CarlaCameraOptions options, CaptureClock captures, CameraSession? previous)
    {
        CameraSession session = new(options, CarlaClient.Connect(options.Client));
        try
        {
            session.SetUp(captures, previous);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Whether the server still has this session's episode and cameras.</summary>
    /// <exception cref="EdgeSimException">The server does not answer.</exception>
    public SessionState GetState()
    {
        if (Client.GetEpisodeInfo().Id != EpisodeId)
            return SessionState.OtherEpisode;
        return HasCameras(Client, this) ? SessionState.Intact : SessionState.SensorDestroyed;
    }

    /// <summary>Subscribes to the cameras' streams.</summary>
    public void Subscribe(ImageReceiver image, ImageReceiver? tags, SideStream? depth, SideStream? instances)
    {
        depth?.Open(receiver => Subscribe(receiver, DepthCamera!));
        instances?.Open(receiver => Subscribe(receiver, InstanceCamera!));
        Subscribe(image, Camera);
        if (tags is not null)
            Subscribe(tags, TagCamera!);
    }

    /// <summary>Gives the server back the settings that it had. Safe from any thread, and more than once.</summary>
    public void RestoreSettings()
    {
        lock (_restoring) // who comes second goes on, and may end the process, when it is done
        {
            if (_settingsBefore is { } before)
                Client.SetSettings(before);
            _settingsBefore = null;
        }
    }

    /// <summary>Destroys what was spawned and restores the settings, as far as the server is still there.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Observer?.Dispose();
        if (Client.IsAlive && _atManager.Length > 0)
            TryLast(() => Client.UnregisterFromTrafficManager(_atManager, _options.TrafficManagerPort)); // another server, which may be gone
        bool answers = Client.IsAlive;
        for (int i = _spawned.Count - 1; answers && i >= 0; i--)
        {
            uint id = _spawned[i];
            answers = TryLast(() => Client.Destroy(id));
        }
        if (answers && _weatherBefore is { } weather)
            TryLast(() => Client.SetWeather(weather));
        if (Client.IsAlive)
            TryLast(RestoreSettings); // even by a server that has just let a call wait: others need them
        Client.Dispose();
    }

    /// <summary>Drops the connection and leaves everything in the server as it is, for the next session to take over.</summary>
    public void Abandon()
    {
        _disposed = true;
        Observer?.Dispose();
        Client.Dispose();
    }

    /// <returns>Whether the server still answers: each further call to one that does not would wait out its time.</returns>
    private static bool TryLast(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (EdgeSimException error)
        {
            return error.ExitCode != ExitCode.Connection;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private static bool HasCameras(CarlaClient client, CameraSession session)
    {
        Actor?[] all = [session.Camera, session.TagCamera, session.DepthCamera, session.InstanceCamera];
        Actor[] wanted = [.. all.OfType<Actor>()];
        Actor[] found = client.GetActors([.. wanted.Select(a => a.Id)]);
        return Array.TrueForAll(wanted, camera => Array.Exists(found, a => IsSame(a, camera)));
    }

    /// <summary>A restarted server counts actors and streams from the start again, so the number alone proves nothing.</summary>
    private static bool IsSame(Actor actor, Actor known) => actor.Id == known.Id && actor.Description.Id == known.Description.Id
        && actor.Description["image_size_x"] == known.Description["image_size_x"]
        && actor.StreamToken.Length == StreamToken.Size
        && StreamToken.FromBytes(actor.StreamToken) == StreamToken.FromBytes(known.StreamToken);

    private void SetUp(CaptureClock captures, CameraSession? previous)
    {
        SetMap();
        EpisodeId = Client.GetEpisodeInfo().Id;
        Settings = Client.GetSettings();
        bool takeOver = previous is not null && previous.EpisodeId == EpisodeId && HasCameras(Client, previous);
        if (Settings.NoRenderingMode)
        {
            throw new EdgeSimException($"{Client.Address} renders nothing: its no_rendering_mode is on.",
                "Switch it off in the episode's settings.", ExitCode.Connection);
        }
        if (_options.Synchronous)
        {
            // What a broken session has set is still there, unless the server was started anew.
            bool areOurs = Settings.SynchronousMode && Settings.FixedDeltaSeconds == _options.FixedDeltaSeconds;
            _settingsBefore = areOurs && previous?._settingsBefore is { } earlier ? earlier : Settings;
            Settings = Settings with { SynchronousMode = true, FixedDeltaSeconds = _options.FixedDeltaSeconds };
            Client.SetSettings(Settings);
        }
        if (_options.Weather is { } weather)
        {
            WeatherParameters present = Client.GetWeather();
            _weatherBefore = takeOver && previous?._weatherBefore is { } earlier ? earlier : present;
            Client.SetWeather(weather.On(present));
        }
        Observer = new WorldObserver(Client, captures, _options.Client.Limits);
        if (takeOver)
        {
            Camera = previous!.Camera;
            TagCamera = previous.TagCamera;
            _spawned.AddRange(previous._spawned);
            DepthCamera = previous.DepthCamera;
            InstanceCamera = previous.InstanceCamera;
            _atManager = previous._atManager;
            Driver = previous.Driver?.On(Client, Observer);
        }
        else
        {
            SpawnAll();
        }
        if (!_options.Synchronous && Driver is { } driver)
            Observer.Ticked = driver.Step;
    }

    private void SetMap()
    {
        if (_options.Map is not { } wanted || MapName == ShortName(wanted))
            return;
        string[] maps = Client.GetAvailableMaps();
        string map = Array.Find(maps, known => ShortName(known) == ShortName(wanted)) ?? throw new EdgeSimException(
            $"{Client.Address} has no map '{wanted}'.", $"It has: {string.Join(", ", maps.Select(ShortName).Distinct())}.");
        Client.LoadMap(map, resetSettings: false);
        _mapName = null;
    }

    private static string ShortName(string map) => map[(map.LastIndexOf('/') + 1)..];

    private void Subscribe(ImageReceiver receiver, Actor camera)
    {
        try
        {
            receiver.Open(Client.Host, Client.GetSensorToken(StreamToken.FromBytes(camera.StreamToken)), _options.Client.ConnectTimeout);
        }
        catch (Exception malformed) when (WireFormat.IsMalformed(malformed))
        {
            throw new EdgeSimException($"{Client.Address} gave the camera {camera.Id} a stream token that is none: {malformed.Message}",
                "Check that the server's version is supported.", ExitCode.Connection, malformed);
        }
    }
}
