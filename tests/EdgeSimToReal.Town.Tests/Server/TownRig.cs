using System.Collections.Concurrent;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>A Town with one RPC connection, and the few calls that most tests need.</summary>
internal sealed class TownRig : IDisposable
{
    private static readonly ConcurrentBag<object> Kept = [];

    private readonly Dictionary<string, ActorDefinition> _definitions;

    public TownRig(TownServerOptions options)
    {
        Town = Start(options);
        Rpc = new RawRpc(Town);
        Profile = ServerProfile.ForVersion(options.Version);
        object? definitions = Rpc.Value("get_actor_definitions");
        MessagePack.MessagePackReader reader = new(WireTree.Encode(definitions));
        _definitions = WireFormat.ReadArray<ActorDefinition>(ref reader).ToDictionary(definition => definition.Id);
    }

    /// <summary>An empty street: fast to build and to draw.</summary>
    public static TownServerOptions Empty { get; } = new() { Vehicles = 0, Pedestrians = 0 };

    public TownServer Town { get; }

    /// <summary>Starts a server whose street is kept for the tests that follow.</summary>
    public static TownServer Start(TownServerOptions options)
    {
        TownServer town = TownServer.Start(options);
        Kept.Add(town.Scene);
        return town;
    }

    public RawRpc Rpc { get; }

    public ServerProfile Profile { get; }

    public bool Has(string blueprint) => _definitions.ContainsKey(blueprint);

    public ActorDefinition Definition(string blueprint) => _definitions[blueprint];

    /// <summary>Spawns a camera; on the hero where a parent is given.</summary>
    public (long Id, uint Stream) SpawnCamera(string kind, int width, int height, long? parent = null, float sensorTick = 0)
    {
        object?[] actor = Spawn(
            "sensor.camera." + kind,
            parent is null ? Pose(0, -1.75f, 2) : Pose(1.5f, 0, 2.4f),
            parent,
            ("image_size_x", $"{width}"),
            ("image_size_y", $"{height}"),
            ("sensor_tick", FormattableString.Invariant($"{sensorTick}")));
        return ((long)actor[0]!, BitConverter.ToUInt32((byte[])actor[5]!));
    }

    /// <summary>Spawns a camera and subscribes to it.</summary>
    public RawStream Listen(string kind, int width, int height, long? parent = null, float sensorTick = 0) =>
        new RawStream(Town, SpawnCamera(kind, width, height, parent, sensorTick).Stream).WaitUntilSubscribed(Town);

    public object?[] Spawn(string blueprint, object?[] pose, long? parent = null, params (string Id, string Value)[] attributes)
    {
        ActorDefinition definition = _definitions[blueprint];
        object?[] values = [.. attributes.Select(a => (object?)new object?[]
        {
            a.Id, (long)definition.Attributes.Single(d => d.Id == a.Id).Type, a.Value,
        })];
        object?[] description = [(long)definition.Uid, definition.Id, values];
        if (parent is not { } id)
            return (object?[])Rpc.Value("spawn_actor", description, pose)!;
        object?[] arguments = Profile.SpawnWithParentArguments == 5 ? [description, pose, id, 0L, ""] : [description, pose, id, 0L];
        return (object?[])Rpc.Value("spawn_actor_with_parent", arguments)!;
    }

    /// <summary>The Town's own car.</summary>
    public long Hero()
    {
        using RawStream observer = new(Town, 1);
        if (((object?[])Rpc.Value("get_episode_settings")!)[0] is true)
        {
            observer.WaitUntilSubscribed(Town);
            Rpc.Value("tick_cue");
        }
        foreach (ActorState actor in Actors(observer.Next()!))
        {
            object?[] found = (object?[])((object?[])Rpc.Value("get_actors_by_id", (object)new object?[] { (long)actor.Id })!)[0]!;
            object?[] attributes = (object?[])((object?[])found[2]!)[2]!;
            if (attributes.Any(attribute => attribute is object?[] and ["role_name", _, "hero"]))
                return actor.Id;
        }
        throw new InvalidOperationException("The Town has no hero.");
    }

    public List<ActorState> Actors(byte[] observation)
    {
        List<ActorState> actors = [];
        int size = ActorState.SizeOf(Profile.HasActorState);
        for (int at = SensorHeader.Size + WorldObserverHeader.SizeOf(Profile.HasMapOrigin); at < observation.Length; at += size)
            actors.Add(ActorState.Read(observation.AsSpan(at), Profile.HasActorState));
        return actors;
    }

    /// <summary>Switches to synchronous mode with a step; one more frame may then come by itself.</summary>
    public void BeSynchronous(double step = 0.05)
    {
        object?[] settings = (object?[])Rpc.Value("get_episode_settings")!;
        settings[0] = true;
        settings[2] = new object?[] { true, step };
        Rpc.Value("set_episode_settings", (object)settings);
    }

    public ulong Tick() => (ulong)(long)Rpc.Value("tick_cue")!;

    public static object?[] Pose(float x, float y, float z, float pitch = 0, float yaw = 0) =>
        [new object?[] { x, y, z }, new object?[] { pitch, yaw, 0f }];

    public void Dispose()
    {
        Rpc.Dispose();
        Town.Dispose();
    }
}
