using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>What differs on the wire between CARLA's versions.</summary>
public sealed record ServerProfile
{
    private static readonly ServerProfile V0910 = new()
    {
        Version = "0.9.10",
        Tags = LabelSpaces.Carla23,
        RgbType = 11,
        SemanticType = 12,
        WorldObserverType = 13,
        SettingsFields = 3,
        WeatherFields = 10,
    };

    private static readonly ServerProfile V0911 = V0910 with
    {
        Version = "0.9.11",
        SettingsFields = 8,
        LoadEpisodeArguments = 3,
        DestroyReturnsBoolean = true,
    };

    private static readonly ServerProfile V0912 = V0911 with
    {
        Version = "0.9.12",
        RgbType = 12,
        SemanticType = 13,
        WorldObserverType = 14,
        OpticalFlowType = 7,
        SettingsFields = 10,
        WeatherFields = 13,
        MapInfoFields = 2,
        HasMapOrigin = true,
        HasActorState = true,
    };

    private static readonly ServerProfile V0913 = V0912 with { Version = "0.9.13", InstanceType = 14, WorldObserverType = 15 };

    private static readonly ServerProfile V0914 = V0913 with
    {
        Version = "0.9.14",
        Tags = LabelSpaces.Carla29,
        RgbType = 13,
        SemanticType = 14,
        InstanceType = 15,
        WorldObserverType = 16,
        OpticalFlowType = 8,
        WeatherFields = 14,
        HasSensorToken = true,
        CommandsFrom0914 = true,
    };

    private static readonly ServerProfile V0915 = V0914 with { Version = "0.9.15", SettingsFields = 11 };

    private static readonly ServerProfile V0916 = V0915 with
    {
        Version = "0.9.16",
        WorldObserverType = 17,
        AttributeTypeBase = 1,
        BoundingBoxFields = 4,
        SpawnWithParentArguments = 5,
        SpawnCommandFields = 6,
    };

    private static readonly ServerProfile V010 = V0915 with { Version = "0.10", SensorTypesAreCertain = false };

    private ServerProfile()
    {
    }

    /// <summary>All versions, oldest first.</summary>
    public static IReadOnlyList<ServerProfile> All { get; } = [V0910, V0911, V0912, V0913, V0914, V0915, V0916, V010];

    /// <summary>The version that this profile is named after.</summary>
    public required string Version { get; init; }

    /// <summary>What the red byte of the semantic camera means.</summary>
    public required LabelSpace Tags { get; init; }

    /// <summary>sensor_type of the depth camera.</summary>
    public int DepthType { get; init; } = 1;

    /// <summary>sensor_type of the RGB camera.</summary>
    public required int RgbType { get; init; }

    /// <summary>sensor_type of the semantic camera.</summary>
    public required int SemanticType { get; init; }

    /// <summary>sensor_type of the instance camera; null before 0.9.13, which has none.</summary>
    public int? InstanceType { get; init; }

    /// <summary>sensor_type of the optical flow camera; null before 0.9.12.</summary>
    public int? OpticalFlowType { get; init; }

    /// <summary>sensor_type of the world observer.</summary>
    public required int WorldObserverType { get; init; }

    /// <summary>Whether the sensor types are known from the released server; then a message of another type is damaged.</summary>
    public bool SensorTypesAreCertain { get; init; } = true;

    /// <summary>The number of <see cref="AttributeKind.Boolean"/> on the wire.</summary>
    public int AttributeTypeBase { get; init; }

    /// <summary>Length of the settings' array.</summary>
    public required int SettingsFields { get; init; }

    /// <summary>Length of the weather's array.</summary>
    public required int WeatherFields { get; init; }

    /// <summary>Length of a bounding box' array: 3, or 4 with the actor's id.</summary>
    public int BoundingBoxFields { get; init; } = 3;

    /// <summary>Length of the map's array: 2, or 3 with the OpenDRIVE text.</summary>
    public int MapInfoFields { get; init; } = 3;

    /// <summary>Arguments of load_new_episode: map alone (1), or also reset_settings and layers (3).</summary>
    public int LoadEpisodeArguments { get; init; } = 1;

    /// <summary>Whether destroy_actor answers with a boolean rather than nothing.</summary>
    public bool DestroyReturnsBoolean { get; init; }

    /// <summary>Arguments of spawn_actor_with_parent: 4, or 5 with the socket's name.</summary>
    public int SpawnWithParentArguments { get; init; } = 4;

    /// <summary>Fields of a SpawnActor command: 4, or 6 with attachment type and socket name.</summary>
    public int SpawnCommandFields { get; init; } = 4;

    /// <summary>Whether get_sensor_token exists; before, the actor's own token is used.</summary>
    public bool HasSensorToken { get; init; }

    /// <summary>Whether the world observer's header holds the map's origin.</summary>
    public bool HasMapOrigin { get; init; }

    /// <summary>Whether the world observer's actors hold their state (119 bytes instead of 118).</summary>
    public bool HasActorState { get; init; }

    /// <summary>Whether the commands are numbered as from 0.9.14.</summary>
    public bool CommandsFrom0914 { get; init; }

    /// <summary>The profile for what a server answers to version: "0.9.15", "0.9.15-dirty", "0.9.15.2", "0.10.0".</summary>
    /// <remarks>A later 0.9 is taken for the last known one, a later 0.x for 0.10: reading is lenient enough to try.</remarks>
    /// <param name="version">The server's version.</param>
    /// <exception cref="EdgeSimException">
    /// The version is older than 0.9.10 or not a version (<see cref="ExitCode.Connection"/>).
    /// </exception>
    public static ServerProfile ForVersion(string version)
    {
        if (Parse(version) is { } number)
        {
            if (number is { Major: 0, Minor: >= 10 })
                return V010;
            if (number is { Major: 0, Minor: 9, Build: >= 10 })
                return All[Math.Min(number.Build - 10, 6)];
        }
        throw new EdgeSimException($"The server says that it is CARLA '{Shorten(version)}', which is not supported.",
            "Supported are 0.9.10 to 0.9.16 and 0.10; name the nearest of them explicitly if this server is built from source.",
            ExitCode.Connection);
    }

    /// <summary>What a command's number means.</summary>
    /// <param name="index">The number on the wire.</param>
    public CommandKind CommandOf(int index) => (CommandsFrom0914, index) switch
    {
        (_, 0) => CommandKind.SpawnActor,
        (_, 1) => CommandKind.DestroyActor,
        (_, 2) => CommandKind.ApplyVehicleControl,
        (false, 5) or (true, 6) => CommandKind.ApplyTransform,
        (true, 14) => CommandKind.SetSimulatePhysics,
        (false, 15) or (true, 16) => CommandKind.SetAutopilot,
        (true, 19) => CommandKind.ApplyLocation,
        _ => CommandKind.Other,
    };

    /// <summary>The number of a command.</summary>
    /// <param name="kind">The command.</param>
    /// <exception cref="EdgeSimException">The number is not known for this version.</exception>
    public int IndexOf(CommandKind kind)
    {
        for (int index = 0; index < 32; index++)
        {
            if (kind != CommandKind.Other && CommandOf(index) == kind)
                return index;
        }
        throw new EdgeSimException($"The command {kind} can't be sent to CARLA {Version}.", "Use the method of the same name instead.");
    }

    /// <inheritdoc/>
    public override string ToString() => Version;

    private static Version? Parse(string text)
    {
        int length = 0;
        int parts = 0;
        while (length < text.Length && (char.IsAsciiDigit(text[length]) || (text[length] == '.' && ++parts < 3)))
            length++;
        string number = text[..length].TrimEnd('.');
        return System.Version.TryParse(number, out Version? version) ? version : null;
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
