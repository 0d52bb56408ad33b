using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using EdgeSimToReal.Carla.Wire;
using MessagePack;

namespace EdgeSimToReal.Carla.Tests.Support;

/// <summary>A small server of raw bytes: enough calls for a camera, and whatever a test wants to send on the streams.</summary>
internal sealed class TestServer : LoopbackServer
{
    /// <summary>Streams of actors, and actors, have higher numbers.</summary>
    public const uint FirstActor = 100;

    private readonly ConcurrentDictionary<uint, Actor> _actors = new();
    private readonly ConcurrentDictionary<uint, Socket> _subscribers = new();
    private readonly ServerProfile _profile;
    private readonly string _version;
    private uint _lastActor = FirstActor;

    public TestServer(string version = "0.9.15", int port = 0, int streamPort = 0)
        : base(port, streamPort)
    {
        _version = version;
        _profile = ServerProfile.All.First(p => version.StartsWith(p.Version, StringComparison.Ordinal) || p.Version == "0.10");
        Settings = EpisodeSettings.CreateDefault(_profile.SettingsFields);
        Start();
    }

    public EpisodeSettings Settings { get; set; }

    public ulong EpisodeId { get; set; } = 1;

    public ulong Frame { get; set; } = 1;

    /// <summary>Called for each tick, on the RPC thread, before its answer.</summary>
    public Action<ulong>? Ticked { get; set; }

    /// <summary>Answers instead of the server's own; null falls back to that.</summary>
    public Func<RpcRequest, byte[]?>? Override { get; set; }

    /// <summary>The map's OpenDRIVE text.</summary>
    public string MapData { get; set; } = "";

    public ICollection<Actor> Actors => _actors.Values;

    public ServerProfile Profile => _profile;

    public static byte[] Encode(MessageWriter write)
    {
        ArrayBufferWriter<byte> buffer = new();
        MessagePackWriter writer = new(buffer);
        write(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] UnknownMethod(RpcRequest request) => Encode((ref MessagePackWriter writer) =>
        RpcResponse.WriteError(ref writer, request.Id, RpcErrors.UnknownMethod(request.Method, request.ParameterCount)));

    public static byte[] Value(RpcRequest request, MessageWriter write) => Encode((ref MessagePackWriter writer) =>
    {
        RpcResponse.WriteHeader(ref writer, request.Id);
        CarlaResponse.WriteValueHeader(ref writer);
        write(ref writer);
    });

    public static byte[] Ok(RpcRequest request) => Encode((ref MessagePackWriter writer) =>
    {
        RpcResponse.WriteHeader(ref writer, request.Id);
        CarlaResponse.WriteOk(ref writer);
    });

    /// <summary>A whole image message.</summary>
    public byte[] Image(int type, ulong frame, int width, int height, Func<int, byte>? pixel = null)
    {
        byte[] message = new byte[64 + (4 * width * height)];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length - 4);
        new SensorHeader((ulong)type, frame, frame * 0.05, new(1, 2, 3, 4, 5, 6)).Write(message.AsSpan(4));
        new ImageHeader((uint)width, (uint)height, 90).Write(message.AsSpan(52));
        for (int i = 64; i < message.Length; i++)
            message[i] = pixel?.Invoke(i - 64) ?? (byte)(((i - 64) * 7) + (int)frame);
        return message;
    }

    /// <summary>The subscriber of a camera's stream, waited for.</summary>
    public Socket Subscriber(string blueprint, int seconds = 10)
    {
        long giveUp = Environment.TickCount64 + (seconds * 1000);
        while (Environment.TickCount64 < giveUp)
        {
            Actor? actor = _actors.Values.Where(a => a.Description.Id == blueprint).MaxBy(a => a.Id);
            if (actor is not null && _subscribers.TryGetValue(actor.Id, out Socket? socket) && socket.Connected)
                return socket;
            Thread.Sleep(2);
        }
        throw new TimeoutException($"Nobody subscribed to {blueprint}.");
    }

    /// <summary>The subscriber of the world observer, waited for.</summary>
    public Socket Observer()
    {
        Socket? socket = null;
        SpinWait.SpinUntil(() => _subscribers.TryGetValue(1, out socket) && socket.Connected, 10_000);
        return socket ?? throw new TimeoutException("Nobody subscribed to the world observer.");
    }

    /// <summary>A whole world observer message; actors are numbered from 1 and stand at x = their number.</summary>
    public byte[] World(ulong frame, int actors, double platformTime = 1) => World(frame, platformTime,
        [.. Enumerable.Range(1, actors)
            .Select(id => new ActorState((uint)id, 1, new(id, 0, 0, 0, 0, 0), default, default, default, default))]);

    /// <summary>A whole world observer message with one actor.</summary>
    public byte[] World(ulong frame, ActorState actor) => World(frame, platformTime: 1, [actor]);

    public Socket Rgb() => Subscriber("sensor.camera.rgb");

    public Socket Semantic() => Subscriber("sensor.camera.semantic_segmentation");

    /// <summary>Closes a camera's stream alone, and forgets its subscriber.</summary>
    public void CloseStream(string blueprint)
    {
        Socket socket = Subscriber(blueprint);
        foreach (uint id in _subscribers.Where(s => s.Value == socket).Select(s => s.Key))
            _subscribers.TryRemove(id, out _);
        Close(socket);
    }

    /// <summary>Closes every stream, as a loaded map does.</summary>
    public void CloseAllStreams()
    {
        foreach (Socket socket in _subscribers.Values)
            Close(socket);
        _subscribers.Clear();
    }

    /// <summary>Destroys a camera as another client would.</summary>
    public void DestroyActors(Func<Actor, bool> which)
    {
        foreach (Actor actor in _actors.Values.Where(which))
            _actors.TryRemove(actor.Id, out _);
    }

    protected override void Subscribed(uint stream, Socket socket) => _subscribers[stream] = socket;

    protected override byte[]? Answer(RpcRequest request, byte[] message)
    {
        if (Override?.Invoke(request) is { } other)
            return other;
        MessagePackReader arguments = request.ReadArguments(out _);
        switch (request.Method)
        {
            case "version":
                return Value(request, (ref MessagePackWriter writer) => writer.Write(_version));
            case "get_episode_info":
                EpisodeInfo episode = new(EpisodeId, new(1, (ushort)StreamPort));
                return Value(request, (ref MessagePackWriter writer) => episode.Write(ref writer));
            case "get_sensor_token" when _profile.HasSensorToken:
                uint stream = arguments.ReadUInt32();
                return Value(request, (ref MessagePackWriter writer) => new StreamToken(stream, (ushort)StreamPort).Write(ref writer));
            case "get_episode_settings":
                return Value(request, (ref MessagePackWriter writer) => Settings.Write(ref writer));
            case "set_episode_settings":
                Settings = EpisodeSettings.Read(ref arguments);
                return Value(request, (ref MessagePackWriter writer) => writer.Write(Frame));
            case "tick_cue":
                Frame++;
                Ticked?.Invoke(Frame);
                return Value(request, (ref MessagePackWriter writer) => writer.Write(Frame));
            case "get_actor_definitions":
                return Value(request, (ref MessagePackWriter writer) => WireFormat.WriteArray<ActorDefinition>(ref writer, Definitions()));
            case "get_map_info":
                MapInfo map = new("Carla/Maps/Test", [new(new(10, 1.75f, 0.5f), default)], _profile.MapInfoFields == 3 ? MapData : null);
                return Value(request, (ref MessagePackWriter writer) => map.Write(ref writer));
            case "get_map_data":
                return Value(request, (ref MessagePackWriter writer) => writer.Write(MapData));
            case "spawn_actor":
                return Spawned(request, ActorDescription.Read(ref arguments), 0);
            case "spawn_actor_with_parent":
                if (request.ParameterCount != _profile.SpawnWithParentArguments + 1)
                {
                    return Encode((ref MessagePackWriter writer) => RpcResponse.WriteError(ref writer, request.Id,
                        RpcErrors.WrongArity(request.Method, request.ParameterCount, _profile.SpawnWithParentArguments + 1)));
                }
                ActorDescription description = ActorDescription.Read(ref arguments);
                Transform.Read(ref arguments);
                return Spawned(request, description, arguments.ReadUInt32());
            case "get_actors_by_id":
                Actor[] found = [.. WireFormat.ReadUInt32s(ref arguments).Select(id => _actors.GetValueOrDefault(id)).OfType<Actor>()];
                return Value(request, (ref MessagePackWriter writer) => WireFormat.WriteArray<Actor>(ref writer, found));
            case "destroy_actor":
                bool known = _actors.TryRemove(arguments.ReadUInt32(), out _);
                return Value(request, (ref MessagePackWriter writer) => writer.Write(known));
            case "set_actor_simulate_physics" or "set_actor_transform" or "apply_control_to_vehicle":
                return Ok(request);
            default:
                return UnknownMethod(request);
        }
    }

    private byte[] World(ulong frame, double platformTime, ActorState[] actors)
    {
        int head = 4 + SensorHeader.Size + WorldObserverHeader.SizeOf(_profile.HasMapOrigin);
        int size = ActorState.SizeOf(_profile.HasActorState);
        byte[] message = new byte[head + (actors.Length * size)];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length - 4);
        new SensorHeader((ulong)_profile.WorldObserverType, frame, frame * 0.05, default).Write(message.AsSpan(4));
        new WorldObserverHeader(EpisodeId, platformTime, 0.05f).Write(message.AsSpan(4 + SensorHeader.Size), _profile.HasMapOrigin);
        for (int i = 0; i < actors.Length; i++)
            actors[i].Write(message.AsSpan(head + (i * size)), _profile.HasActorState);
        return message;
    }

    private byte[] Spawned(RpcRequest request, ActorDescription description, uint parent)
    {
        uint id = Interlocked.Increment(ref _lastActor);
        byte[] token = description.Id.StartsWith("sensor.", StringComparison.Ordinal)
            ? new StreamToken(id, (ushort)StreamPort).ToBytes()
            : [];
        Actor actor = new(id, parent, description, default, [], token);
        _actors[id] = actor;
        return Value(request, (ref MessagePackWriter writer) => actor.Write(ref writer));
    }

    private ActorDefinition[] Definitions()
    {
        uint Type(AttributeKind kind) => (uint)((int)kind + _profile.AttributeTypeBase);
        ActorAttribute[] camera =
        [
            new("image_size_x", Type(AttributeKind.Integer), "800", [], true, false),
            new("image_size_y", Type(AttributeKind.Integer), "600", [], true, false),
            new("fov", Type(AttributeKind.Float), "90.0", [], true, false),
            new("sensor_tick", Type(AttributeKind.Float), "0.0", [], true, false),
        ];
        ActorAttribute[] vehicle =
        [
            new("role_name", Type(AttributeKind.Text), "autopilot", ["autopilot", "hero"], true, false),
            new("color", Type(AttributeKind.Color), "1,2,3", ["1,2,3"], true, true),
            new("number_of_wheels", Type(AttributeKind.Integer), "4", [], false, false),
            new("sticky_control", Type(AttributeKind.Boolean), "True", [], true, false),
        ];
        return
        [
            new(1, "sensor.camera.rgb", "sensor,camera,rgb", camera),
            new(2, "sensor.camera.semantic_segmentation", "sensor,camera", camera),
            new(3, "sensor.camera.depth", "sensor,camera,depth", camera), new(4, "vehicle.audi.tt", "vehicle,audi,tt", vehicle),
        ];
    }
}
