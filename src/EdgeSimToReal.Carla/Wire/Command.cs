using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>One command of apply_batch: [[index, [fields...]]].</summary>
/// <remarks>Only the properties of its <see cref="Kind"/> mean anything.</remarks>
public sealed record Command
{
    /// <summary>What to do.</summary>
    public required CommandKind Kind { get; init; }

    /// <summary>The actor concerned; 0 in <see cref="DoAfter"/> stands for the actor just spawned.</summary>
    public uint ActorId { get; init; }

    /// <summary>What to spawn.</summary>
    public ActorDescription? Description { get; init; }

    /// <summary>Where to spawn, or the new transform.</summary>
    public Transform Transform { get; init; }

    /// <summary>What to attach the new actor to; null is nothing.</summary>
    public uint? ParentId { get; init; }

    /// <summary>
    /// How to attach (from 0.9.16). Without a parent the official client sends an uninitialised byte: to be ignored then.
    /// </summary>
    public uint AttachmentType { get; init; }

    /// <summary>Where on the parent to attach (from 0.9.16).</summary>
    public string SocketName { get; init; } = "";

    /// <summary>What to do with the new actor.</summary>
    public Command[] DoAfter { get; init; } = [];

    /// <summary>The controls.</summary>
    public VehicleControl Control { get; init; }

    /// <summary>The new location.</summary>
    public Vector3D Location { get; init; }

    /// <summary>On or off, for autopilot and physics.</summary>
    public bool Enabled { get; init; }

    /// <summary>The number on the wire of a command of kind <see cref="CommandKind.Other"/>.</summary>
    public int OtherIndex { get; init; }

    /// <summary>The fields (a MessagePack array) of a command of kind <see cref="CommandKind.Other"/>.</summary>
    public byte[] OtherFields { get; init; } = [];

    /// <summary>Reads a command of a client that speaks a version.</summary>
    /// <param name="reader">The reader; advanced past the command.</param>
    /// <param name="profile">The version.</param>
    public static Command Read(ref MessagePackReader reader, ServerProfile profile)
    {
        int outer = reader.ReadArrayHeader();
        int variant = reader.ReadArrayHeader();
        if (outer != 1 || variant != 2)
            throw new MessagePackSerializationException("A command must be [[index, [fields]]].");
        int index = reader.ReadInt32();
        CommandKind kind = profile.CommandOf(index);
        if (kind == CommandKind.Other)
            return new() { Kind = kind, OtherIndex = index, OtherFields = WireFormat.ReadRaw(ref reader, 1) };
        int left = reader.ReadArrayHeader();
        Command command = kind == CommandKind.SpawnActor
            ? ReadSpawn(ref reader, ref left, profile)
            : ReadFields(ref reader, ref left, kind);
        WireFormat.SkipRest(ref reader, left);
        return command;
    }

    /// <summary>Reads an array of commands.</summary>
    public static Command[] ReadArray(ref MessagePackReader reader, ServerProfile profile)
    {
        int count = reader.ReadArrayHeader();
        List<Command> commands = new(Math.Min(count, 1024));
        for (int i = 0; i < count; i++)
            commands.Add(Read(ref reader, profile));
        return [.. commands];
    }

    /// <summary>Writes the command as a client of a version packs it.</summary>
    public void Write(ref MessagePackWriter writer, ServerProfile profile)
    {
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(2);
        writer.Write(Kind == CommandKind.Other ? OtherIndex : profile.IndexOf(Kind));
        if (Kind == CommandKind.Other)
        {
            writer.WriteRaw(OtherFields);
            return;
        }
        if (Kind == CommandKind.SpawnActor)
        {
            WriteSpawn(ref writer, profile);
            return;
        }
        writer.WriteArrayHeader(Kind == CommandKind.DestroyActor ? 1 : 2);
        writer.Write(ActorId);
        switch (Kind)
        {
            case CommandKind.ApplyVehicleControl:
                Control.Write(ref writer);
                break;
            case CommandKind.ApplyTransform:
                Transform.Write(ref writer);
                break;
            case CommandKind.ApplyLocation:
                Location.Write(ref writer);
                break;
            case CommandKind.SetAutopilot or CommandKind.SetSimulatePhysics:
                writer.Write(Enabled);
                break;
        }
    }

    /// <summary>Writes an array of commands.</summary>
    public static void WriteArray(ref MessagePackWriter writer, ReadOnlySpan<Command> commands, ServerProfile profile)
    {
        writer.WriteArrayHeader(commands.Length);
        foreach (Command command in commands)
            command.Write(ref writer, profile);
    }

    private static Command ReadSpawn(ref MessagePackReader reader, ref int left, ServerProfile profile)
    {
        ActorDescription? description = WireFormat.Read<ActorDescription>(ref reader, ref left);
        Transform transform = WireFormat.Read<Transform>(ref reader, ref left);
        uint? parent = left-- > 0 && WireFormat.ReadOptionalHeader(ref reader) ? reader.ReadUInt32() : null;
        bool attached = profile.SpawnCommandFields >= 6;
        return new()
        {
            Kind = CommandKind.SpawnActor,
            Description = description,
            Transform = transform,
            ParentId = parent,
            AttachmentType = attached ? WireFormat.ReadUInt32(ref reader, ref left) : 0,
            SocketName = attached ? WireFormat.ReadString(ref reader, ref left) : "",
            DoAfter = left-- > 0 ? ReadArray(ref reader, profile) : [],
        };
    }

    private static Command ReadFields(ref MessagePackReader reader, ref int left, CommandKind kind) => new()
    {
        Kind = kind,
        ActorId = WireFormat.ReadUInt32(ref reader, ref left),
        Control = kind == CommandKind.ApplyVehicleControl ? WireFormat.Read<VehicleControl>(ref reader, ref left) : default,
        Transform = kind == CommandKind.ApplyTransform ? WireFormat.Read<Transform>(ref reader, ref left) : default,
        Location = kind == CommandKind.ApplyLocation ? WireFormat.Read<Vector3D>(ref reader, ref left) : default,
        Enabled = kind is CommandKind.SetAutopilot or CommandKind.SetSimulatePhysics && WireFormat.ReadBoolean(ref reader, ref left),
    };

    private void WriteSpawn(ref MessagePackWriter writer, ServerProfile profile)
    {
        writer.WriteArrayHeader(profile.SpawnCommandFields);
        (Description ?? new ActorDescription(0, "", [])).Write(ref writer);
        Transform.Write(ref writer);
        WireFormat.WriteOptionalHeader(ref writer, ParentId is not null);
        if (ParentId is { } parent)
            writer.Write(parent);
        if (profile.SpawnCommandFields >= 6)
        {
            writer.Write(AttachmentType);
            writer.Write(SocketName);
        }
        WriteArray(ref writer, DoAfter, profile);
    }
}
