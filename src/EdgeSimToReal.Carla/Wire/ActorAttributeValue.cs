using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>An attribute of an actor or of one to be spawned: [id, type, value].</summary>
/// <param name="Id">E.g. "fov".</param>
/// <param name="Type">
/// The number from the blueprint's <see cref="ActorAttribute"/>; with a wrong one the server silently uses the default.
/// </param>
/// <param name="Value">Always text: "640", "90.0", "true", "255,0,0".</param>
public sealed record ActorAttributeValue(string Id, uint Type, string Value) : IWireStruct<ActorAttributeValue>
{
    /// <inheritdoc/>
    public static ActorAttributeValue Read(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        ActorAttributeValue value = new(WireFormat.ReadString(ref reader, ref left), WireFormat.ReadUInt32(ref reader, ref left),
            WireFormat.ReadString(ref reader, ref left));
        WireFormat.SkipRest(ref reader, left);
        return value;
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(Id);
        writer.Write(Type);
        writer.Write(Value);
    }
}
