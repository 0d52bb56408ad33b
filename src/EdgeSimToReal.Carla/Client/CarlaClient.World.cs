using EdgeSimToReal.Carla.Rpc;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using MessagePack;

namespace EdgeSimToReal.Carla.Client;

public sealed partial class CarlaClient
{
    /// <summary>The map layers that load_new_episode loads: all.</summary>
    private const ushort AllLayers = ushort.MaxValue;

    /// <summary>The running episode and its world observer.</summary>
    public EpisodeInfo GetEpisodeInfo() => Call("get_episode_info", EpisodeInfo.Read);

    /// <summary>The maps that can be loaded, e.g. "/Game/Carla/Maps/Town10HD_Opt".</summary>
    public string[] GetAvailableMaps() => Call("get_available_maps", WireFormat.ReadStrings);

    /// <summary>The running map's name and spawn points.</summary>
    public MapInfo GetMapInfo() => Call("get_map_info", MapInfo.Read);

    /// <summary>The running map's road network, OpenDRIVE XML.</summary>
    public string GetMapData() => Profile.MapInfoFields == 3
        ? GetMapInfo().OpenDrive ?? ""
        : Call("get_map_data", (ref MessagePackReader reader) => reader.ReadString() ?? "");

    /// <summary>Loads a map; all actors die. Returns when the new episode runs.</summary>
    /// <param name="map">Its name, or "" for the running one.</param>
    /// <param name="resetSettings">Whether the settings go back to the defaults.</param>
    public EpisodeInfo LoadMap(string map, bool resetSettings = true)
    {
        ulong before = GetEpisodeInfo().Id;
        bool mapOnly = Profile.LoadEpisodeArguments == 1;
        CallVoid("load_new_episode", mapOnly ? 1 : 3, (ref MessagePackWriter writer) =>
        {
            writer.Write(map);
            if (mapOnly)
                return;
            writer.Write(resetSettings);
            writer.Write(AllLayers);
        }, _options.LoadTimeout);
        long giveUp = Environment.TickCount64 + (long)_options.LoadTimeout.TotalMilliseconds;
        while (Environment.TickCount64 < giveUp)
        {
            EpisodeInfo? episode = TryCall("get_episode_info", 0, null, EpisodeInfo.Read, out CallError? error, _options.LoadTimeout);
            if (error is null && episode!.Value.Id != before)
                return episode.Value;
            Thread.Sleep(50);
        }
        throw new EdgeSimException($"{Address} did not load the map '{map}' within {_options.LoadTimeout.TotalSeconds:0} s.",
            "See the server's log, or raise the load time-out.", ExitCode.Connection);
    }

    /// <summary>The episode's settings, of whatever length the server's are.</summary>
    public EpisodeSettings GetSettings() => Call("get_episode_settings", EpisodeSettings.Read);

    /// <summary>Changes the settings. Change what <see cref="GetSettings"/> gave, so that the rest goes back as it came.</summary>
    /// <param name="settings">The new settings.</param>
    /// <returns>The frame at which the server took them.</returns>
    public ulong SetSettings(EpisodeSettings settings) =>
        Call("set_episode_settings", ReadUInt64, 1, (ref MessagePackWriter writer) => settings.Write(ref writer));

    /// <summary>Lets the server simulate one step; for synchronous mode, and for one client alone. Allocates nothing.</summary>
    /// <returns>The number of the frame that this produces.</returns>
    public ulong Tick()
    {
        TickResult result = _rpc.Call("tick_cue", _options.CallTimeout, 0, null, ReadTick, withMetadata: true, out CallError? error);
        error ??= result.Error is { } text ? new CallError(text, FromRpclib: false) : null;
        return error is null ? result.Frame : throw Refused("tick_cue", error);
    }

    /// <summary>The weather, of whatever length the server's is.</summary>
    public WeatherParameters GetWeather() => Call("get_weather_parameters", WeatherParameters.Read);

    /// <summary>Changes the weather. Change what <see cref="GetWeather"/> gave.</summary>
    /// <param name="weather">The new weather.</param>
    public void SetWeather(WeatherParameters weather) =>
        CallVoid("set_weather_parameters", 1, (ref MessagePackWriter writer) => weather.Write(ref writer));

    /// <summary>Where a sensor's stream is to be had, asked anew before every subscription.</summary>
    /// <param name="token">The token that the sensor's actor, or the episode, carries.</param>
    public StreamToken GetSensorToken(StreamToken token)
    {
        if (!Profile.HasSensorToken)
            return token;
        StreamToken answer = TryCall("get_sensor_token", 1, (ref MessagePackWriter writer) => writer.Write(token.StreamId),
            StreamToken.Read, out CallError? error);
        if (error is null)
            return answer;
        return error.FromRpclib && RpcErrors.IsUnknownMethod(error.Text) ? token : throw Refused("get_sensor_token", error);
    }

    /// <summary>
    /// The boot id of the server's machine; null where the server has no such method (CARLA has none, the built-in Town has).
    /// </summary>
    /// <remarks>Where it is this machine's, the world observer's platform timestamp is this machine's monotonic clock.</remarks>
    public string? GetClockId()
    {
        string? id = TryCall("edgesim_clock", 0, null, (ref MessagePackReader reader) => reader.ReadString(), out CallError? error);
        return error is null ? id?.Trim() : null;
    }

    private static ulong ReadUInt64(ref MessagePackReader reader) => reader.ReadUInt64();

    private static TickResult ReadTick(ref MessagePackReader reader) =>
        CarlaResponse.ReadHeader(ref reader) is { } error ? new(0, error) : new(reader.ReadUInt64(), null);

    private readonly record struct TickResult(ulong Frame, string? Error);
}
