using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>A blueprint: [uid, id, tags, attributes].</summary>
/// <param name="Uid">What the server selects the blueprint by; from 1.</param>
/// <param name="Id">E.g. "sensor.camera.rgb".</param>
/// <param name="Tags">Comma separated.</param>
/// <param name="Attributes">All attributes with their defaults.</param>
public sealed record ActorDefinition(uint Uid, string Id, string Tags, ActorAttribute[] Attributes) : IWireStruct<ActorDefinition>
{
    /// <inheritdoc/>
    public static ActorDefinition Read(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        ActorDefinition value = new(WireFormat.ReadUInt32(ref reader, ref left), WireFormat.ReadString(ref reader, ref left),
            WireFormat.ReadString(ref reader, ref left), WireFormat.ReadArray<ActorAttribute>(ref reader, ref left));
        WireFormat.SkipRest(ref reader, left);
        return value;
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.Write(Uid);
        writer.Write(Id);
        writer.Write(Tags);
        WireFormat.WriteArray<ActorAttribute>(ref writer, Attributes);
    }
}
