using System.Buffers.Binary;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>Plays the client side of a recording against a Town and checks what the Town sends.</summary>
/// <remarks>
/// Numbers that the server chooses (actors, streams, blueprints) are replaced in the client's requests by those that the Town chose
/// in the same place. Answers must have the recorded structure: the same nesting, types and array lengths, success or error alike.
/// </remarks>
internal sealed class RecordingPlayer : IDisposable
{
    // Where an answer's array is a list, whose length is the server's own business.
    private static readonly string[] Lists =
    [
        "get_available_maps/3/0/1", "get_actor_definitions/3/0/1", "get_actor_definitions/3/0/1/*/3", "get_actor_definitions/3/0/1/*/3/*/3",
        "get_map_info/3/0/1/1", "get_vehicle_light_states/3/0/1",
    ];

    private static readonly HashSet<string> ActorFirst =
    [
        "destroy_actor", "set_actor_transform", "set_actor_location", "set_actor_simulate_physics", "apply_control_to_vehicle",
        "get_actor_bounding_box",
    ];

    private readonly TownServer _server;
    private readonly List<RecordedLine> _lines;
    private readonly RawRpc _rpc;
    private readonly Dictionary<int, RawStream> _streams = [];
    private readonly Dictionary<long, long> _actors = [];
    private readonly Dictionary<long, long> _streamIds = [];
    private readonly Dictionary<string, long> _blueprints = [];
    private bool _expectsMapChange;

    public RecordingPlayer(TownServer server, List<RecordedLine> lines)
    {
        _server = server;
        _lines = lines;
        _rpc = new RawRpc(server);
        foreach (object?[] definition in ((object?[])_rpc.Value("get_actor_definitions")!).Cast<object?[]>())
            _blueprints[(string)definition[1]!] = (long)definition[0]!;
    }

    /// <summary>Requests answered and stream messages checked.</summary>
    public (int Answers, int Messages) Checked { get; private set; }

    public void Play()
    {
        for (int i = 0; i < _lines.Count; i++)
        {
            RecordedLine line = _lines[i];
            if (line is { IsRpc: true, IsFromClient: true, Bytes.Length: > 0 })
                PlayRequest(i);
            else if (line is { IsRpc: false, IsFromClient: true, Bytes.Length: > 0 })
                Subscribe(line);
            else if (line is { IsRpc: false, Bytes.Length: 0 })
                EndStream(line);
            else if (line is { IsRpc: false, IsFromClient: false })
                CheckMessage(line);
        }
    }

    public void Dispose()
    {
        _rpc.Dispose();
        foreach (RawStream stream in _streams.Values)
            stream.Dispose();
    }

    private void PlayRequest(int index)
    {
        object?[] request = (object?[])WireTree.Decode(_lines[index].Bytes)!;
        string method = (string)request[2]!;
        object?[] recorded = AnswerTo(index, (long)request[1]!);
        object?[] answer = _rpc.Exchange(WireTree.Encode(Patch(method, request)));
        Match(method, recorded, answer, method);
        if (method == "get_actors_by_id")
            CheckIds(recorded, answer);
        Learn(method, recorded, answer);
        _expectsMapChange |= method == "load_new_episode" && ((object?[])((object?[])answer[3]!)[0]!)[0] is false;
        Checked = (Checked.Answers + 1, Checked.Messages);
    }

    private object?[] AnswerTo(int index, long id)
    {
        foreach (RecordedLine line in _lines.Skip(index + 1))
        {
            if (line is { IsRpc: true, IsFromClient: false, Bytes.Length: > 0 }
                && WireTree.Decode(line.Bytes) is object?[] answer && answer[1] is long to && to == id)
            {
                return answer;
            }
        }
        throw new InvalidDataException($"The recording has no answer to request {id}.");
    }

    private object?[] Patch(string method, object?[] request)
    {
        object?[] parameters = (object?[])PatchDescriptions(request[3])!;
        if (ActorFirst.Contains(method))
            parameters[1] = ActorOf(parameters[1]);
        else if (method == "spawn_actor_with_parent")
            parameters[3] = ActorOf(parameters[3]);
        else if (method == "get_actors_by_id")
            parameters[1] = ((object?[])parameters[1]!).Select(ActorOf).ToArray();
        else if (method == "get_sensor_token" && _streamIds.TryGetValue((long)parameters[1]!, out long stream))
            parameters[1] = stream;
        else if (method == "apply_batch")
            PatchCommands((object?[])parameters[1]!);
        return [request[0], request[1], request[2], parameters];
    }

    private void PatchCommands(object?[] commands)
    {
        foreach (object?[] variant in commands.Cast<object?[]>().Select(command => (object?[])command[0]!))
        {
            object?[] fields = (object?[])variant[1]!;
            if (variant[0] is not 0L)
                fields[0] = ActorOf(fields[0]);
        }
    }

    private object? ActorOf(object? recorded) => recorded is long id && _actors.TryGetValue(id, out long own) ? own : recorded;

    /// <summary>[uid, "vehicle.tesla.model3", [...]]: the uid is the server's.</summary>
    private object? PatchDescriptions(object? tree)
    {
        if (tree is not object?[] items)
            return tree;
        object?[] patched = [.. items.Select(PatchDescriptions)];
        if (patched is [long, string name, object?[]] && _blueprints.TryGetValue(name, out long uid))
            patched[0] = uid;
        return patched;
    }

    private void Learn(string method, object?[] recorded, object?[] answer)
    {
        if (method is "spawn_actor" or "spawn_actor_with_parent"
            && ValueOf(recorded) is object?[] { Length: 6 } theirs && ValueOf(answer) is object?[] ours)
        {
            _actors[(long)theirs[0]!] = (long)ours[0]!;
            if (theirs[5] is byte[] { Length: 24 } token)
                _streamIds[BinaryPrimitives.ReadUInt32LittleEndian(token)] = BinaryPrimitives.ReadUInt32LittleEndian((byte[])ours[5]!);
        }
        else if (method == "apply_batch")
        {
            foreach ((object? their, object? our) in ((object?[])recorded[3]!).Zip((object?[])answer[3]!))
            {
                if (their is object?[] and [object?[] and [1L, long theirId]] && our is object?[] and [object?[] and [1L, long ourId]])
                    _actors[theirId] = ourId;
            }
        }
    }

    private static object? ValueOf(object?[] answer) => ((object?[])((object?[])answer[3]!)[0]!)[1];

    private void CheckIds(object?[] recorded, object?[] answer)
    {
        IEnumerable<object?> Ids(object?[] from) => ((object?[])ValueOf(from)!).Select(actor => ((object?[])actor!)[0]);
        Assert.Equal(Ids(recorded).Select(ActorOf), Ids(answer));
    }

    private void Match(string path, object? recorded, object? own, string method)
    {
        string where = $"{path}: recorded {WireText.Of(recorded)}, the Town's {WireText.Of(own)}";
        switch (recorded)
        {
            case object?[] items:
                Assert.True(own is object?[], where);
                object?[] others = (object?[])own!;
                if (Lists.Contains(path))
                {
                    // Every entry of the Town's list has the form of some entry of the recorded one; all of those have one form.
                    foreach (object? other in others.Take(items.Length == 0 ? 0 : int.MaxValue))
                        Match(path + "/*", items[0], other, method);
                    return;
                }
                Assert.True(items.Length == others.Length, where);
                for (int i = 0; i < items.Length; i++)
                    Match($"{path}/{i}", items[i], others[i], method);
                break;
            case byte[] bytes:
                Assert.True(own is byte[] ownBytes && bytes.Length == ownBytes.Length, where);
                break;
            case long number:
                Assert.True(own is long, where);
                // Request id, and which alternative of a Response: success or error.
                if (path == method + "/0" || path == method + "/1" || path == method + "/3/0/0"
                    || (method == "apply_batch" && path.Count('/') == 4 && path.EndsWith("/0/0", StringComparison.Ordinal)))
                {
                    Assert.True(number == (long)own!, where);
                }
                break;
            case bool flag when path == method + "/3/0/0":
                Assert.True(own is bool ownFlag && ownFlag == flag, where);
                break;
            case string text when path.EndsWith("/3/0/1/0", StringComparison.Ordinal) || path == method + "/2":
                // Error texts; a version or a map's name has another path.
                Assert.True(own is string ownText && (method == "get_map_info" || ownText == text), where);
                break;
            default:
                Assert.True(recorded?.GetType() == own?.GetType(), where);
                break;
        }
    }

    private void Subscribe(RecordedLine line)
    {
        long recorded = BinaryPrimitives.ReadUInt32LittleEndian(line.Bytes);
        uint id = (uint)_streamIds.GetValueOrDefault(recorded, recorded);
        _streams.Add(line.Connection, new RawStream(_server, id));
        // The recorded client waited for this in its own way before it ticked.
        if (_server.Streams.Find(id) is not null
            && _lines.Any(l => l.Connection == line.Connection && !l.IsFromClient && l.Bytes.Length > 0))
        {
            _streams[line.Connection].WaitUntilSubscribed(_server);
        }
    }

    private void CheckMessage(RecordedLine line)
    {
        byte[] own = Next(line);
        ReadOnlySpan<byte> recorded = line.Bytes.AsSpan(SensorHeader.LengthSize);
        SensorHeader theirs = SensorHeader.Read(recorded);
        SensorHeader ours = SensorHeader.Read(own);
        Assert.Equal(theirs.SensorType, ours.SensorType);
        Assert.True(ours.Frame > 0 && ours.Timestamp > 0);
        if (theirs.SensorType == 17)
        {
            // What was on its way before the step was set comes first.
            for (int stale = 0; stale < 20 && !HasStepOf(recorded, own); stale++)
                own = Next(line);
            CheckObservation(recorded, own);
        }
        else
        {
            Assert.Equal(recorded.Length, own.Length);
            Assert.Equal(ImageHeader.Read(recorded[SensorHeader.Size..]), ImageHeader.Read(own.AsSpan(SensorHeader.Size)));
        }
        Checked = (Checked.Answers, Checked.Messages + 1);
    }

    private byte[] Next(RecordedLine line) => _streams[line.Connection].Next()
        ?? throw new EndOfStreamException("The Town closed a stream that the recording reads from.");

    // The recorded server ran at 10 Hz unless a fixed step was set.
    private static bool HasStepOf(ReadOnlySpan<byte> recorded, byte[] own)
    {
        float step = WorldObserverHeader.Read(recorded[SensorHeader.Size..], true).DeltaSeconds;
        return step == 0.1f || step == WorldObserverHeader.Read(own.AsSpan(SensorHeader.Size), true).DeltaSeconds;
    }

    private void CheckObservation(ReadOnlySpan<byte> recorded, byte[] own)
    {
        WorldObserverHeader theirs = WorldObserverHeader.Read(recorded[SensorHeader.Size..], true);
        WorldObserverHeader ours = WorldObserverHeader.Read(own.AsSpan(SensorHeader.Size), true);
        int head = SensorHeader.Size + WorldObserverHeader.SizeOf(true);
        Assert.Equal(0, (own.Length - head) % ActorState.SizeOf(true));
        Assert.True(own.Length > head, "There is always the spectator.");
        Assert.True(HasStepOf(recorded, own), $"{theirs.DeltaSeconds} seconds were recorded, {ours.DeltaSeconds} came.");
        if (_expectsMapChange && theirs.SimulationState == 1)
        {
            Assert.Equal(1u, ours.SimulationState);
            _expectsMapChange = false;
        }
    }

    private void EndStream(RecordedLine line)
    {
        RawStream stream = _streams[line.Connection];
        if (line.IsFromClient)
        {
            stream.Dispose();
            return;
        }
        // The server closed: so must the Town, after whatever messages are still on their way.
        while (stream.Next() is not null)
        {
        }
    }
}
