using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Town.World;
using MessagePack;

namespace EdgeSimToReal.Town.Server.Rpc;

/// <content>Version, episode, maps, settings, weather, time.</content>
internal sealed partial class RpcMethods
{
    private void BindEpisode()
    {
        Bind("version", 0, RpcForm.Immediate, GetVersion);
        Bind("edgesim_clock", 0, RpcForm.Immediate, GetClock);
        Bind("get_available_maps", 0, RpcForm.Value, GetAvailableMaps);
        Bind("load_new_episode", _profile.LoadEpisodeArguments, RpcForm.Void, LoadNewEpisode);
        Bind("get_episode_info", 0, RpcForm.Value, GetEpisodeInfo);
        Bind("get_map_info", 0, RpcForm.Value, GetMapInfo);
        if (_profile.MapInfoFields == 2)
            Bind("get_map_data", 0, RpcForm.Value, GetMapData);
        Bind("get_required_files", 1, RpcForm.Value, GetRequiredFiles);
        Bind("get_episode_settings", 0, RpcForm.Value, GetEpisodeSettings);
        Bind("set_episode_settings", 1, RpcForm.Value, SetEpisodeSettings);
        Bind("get_weather_parameters", 0, RpcForm.Value, GetWeather);
        Bind("set_weather_parameters", 1, RpcForm.Void, SetWeather);
        Bind("tick_cue", 0, RpcForm.Value, TickCue);
        Bind("query_lights_state", 1, RpcForm.Value, QueryLightsState);
        if (_profile.HasSensorToken)
            Bind("get_sensor_token", 1, RpcForm.Value, GetSensorToken);
    }

    private void GetVersion(ref MessagePackReader arguments, ref MessagePackWriter result) =>
        WriteText(ref result, _profile.Version == "0.10" ? "0.10.0" : _profile.Version);

    /// <summary>Not CARLA's: tells a client whether the platform timestamps of the world observer are its own machine's clock.</summary>
    private void GetClock(ref MessagePackReader arguments, ref MessagePackWriter result) => WriteText(ref result, BootId.Value);

    private void GetAvailableMaps(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        CarlaResponse.WriteValueHeader(ref result);
        WireFormat.WriteStrings(ref result, _world.Maps.Paths);
    }

    private void LoadNewEpisode(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        string map = ReadText(ref arguments);
        bool resetsSettings = _profile.LoadEpisodeArguments < 3 || arguments.ReadBoolean();
        if (_profile.LoadEpisodeArguments >= 3)
            _ = arguments.ReadUInt16(); // map layers: the Town's streets have one
        string? error;
        lock (_world.Gate)
            error = _world.LoadEpisode(map, resetsSettings);
        _studio?.Forget();
        WriteVoid(ref result, error);
    }

    private void GetEpisodeInfo(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        lock (_world.Gate)
            CarlaResponse.WriteValue(ref result, new EpisodeInfo(_world.EpisodeId, TokenOf(TownWorld.ObserverStream)));
    }

    private void GetMapInfo(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        lock (_world.Gate)
        {
            string name = _world.Maps.FullName;
            string? openDrive = _profile.MapInfoFields == 3 ? _world.Stage.OpenDrive(name) : null;
            CarlaResponse.WriteValue(ref result, new MapInfo(name, _world.Stage.SpawnPoints(), openDrive));
        }
    }

    private void GetMapData(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        lock (_world.Gate)
            WriteText(ref result, _world.Stage.OpenDrive(_world.Maps.FullName));
    }

    /// <summary>No file beyond the map's text is needed: neither a navigation mesh nor the Traffic Manager's cache.</summary>
    private void GetRequiredFiles(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        _ = ReadText(ref arguments);
        WriteEmptyArray(ref result);
    }

    private void GetEpisodeSettings(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        lock (_world.Gate)
            CarlaResponse.WriteValue(ref result, _world.Settings);
    }

    private void SetEpisodeSettings(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        EpisodeSettings settings = EpisodeSettings.Read(ref arguments);
        CarlaResponse.WriteValueHeader(ref result);
        result.Write(_engine.Apply(settings));
    }

    private void GetWeather(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        lock (_world.Gate)
            CarlaResponse.WriteValue(ref result, _world.Weather);
    }

    private void SetWeather(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        WeatherParameters weather = WeatherParameters.Read(ref arguments);
        lock (_world.Gate)
            _world.SetWeather(weather);
        CarlaResponse.WriteOk(ref result);
    }

    private void TickCue(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        ulong frame = _engine.TickCue();
        CarlaResponse.WriteValueHeader(ref result);
        result.Write(frame);
    }

    /// <summary>The street's lamps can't be switched.</summary>
    private void QueryLightsState(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        _ = ReadText(ref arguments);
        WriteEmptyArray(ref result);
    }

    private void GetSensorToken(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        uint id = arguments.ReadUInt32();
        // The real server answers with an empty token when there is no such stream.
        CarlaResponse.WriteValue(ref result, _world.HasStream(id) ? TokenOf(id) : new StreamToken(0, 0, null, 0));
    }

    private StreamToken TokenOf(uint stream) => new(stream, (ushort)_streamingPort);
}
