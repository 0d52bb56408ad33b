using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>What an actor was made from, or is to be: [uid, id, attributes].</summary>
/// <param name="Uid">The blueprint's number; the server goes by it alone.</param>
/// <param name="Id">The blueprint's name; only logged.</param>
/// <param name="Attributes">All attributes, in no particular order (the official client's is that of a hash map).</param>
public sealed record ActorDescription(uint Uid, string Id, ActorAttributeValue[] Attributes) : IWireStruct<ActorDescription>
{
    /// <summary>The value of an attribute; null where there is none.</summary>
    public string? this[string attribute] => Array.Find(Attributes, a => a.Id == attribute)?.Value;

    /// <inheritdoc/>
    public static ActorDescription Read(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        ActorDescription value = new(WireFormat.ReadUInt32(ref reader, ref left), WireFormat.ReadString(ref reader, ref left),
            WireFormat.ReadArray<ActorAttributeValue>(ref reader, ref left));
        WireFormat.SkipRest(ref reader, left);
        return value;
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(Uid);
        writer.Write(Id);
        WireFormat.WriteArray<ActorAttributeValue>(ref writer, Attributes);
    }
}
