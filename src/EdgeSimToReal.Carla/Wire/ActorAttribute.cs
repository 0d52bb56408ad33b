using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>An attribute of a blueprint: [id, type, value, recommended_values, is_modifiable, restrict_to_recommended].</summary>
/// <param name="Id">E.g. "image_size_x".</param>
/// <param name="Type">The server's own number; it differs by version, so it is copied and never made up.</param>
/// <param name="Value">The default, always as text.</param>
/// <param name="Recommended">Values that the blueprint suggests.</param>
/// <param name="IsModifiable">Whether a client may set it.</param>
/// <param name="RestrictToRecommended">Whether only <paramref name="Recommended"/> values are allowed.</param>
public sealed record ActorAttribute(string Id, uint Type, string Value, string[] Recommended, bool IsModifiable, bool RestrictToRecommended)
    : IWireStruct<ActorAttribute>
{
    /// <inheritdoc/>
    public static ActorAttribute Read(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        ActorAttribute value = new(WireFormat.ReadString(ref reader, ref left), WireFormat.ReadUInt32(ref reader, ref left),
            WireFormat.ReadString(ref reader, ref left), WireFormat.ReadStrings(ref reader, ref left),
            WireFormat.ReadBoolean(ref reader, ref left), WireFormat.ReadBoolean(ref reader, ref left));
        WireFormat.SkipRest(ref reader, left);
        return value;
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(6);
        writer.Write(Id);
        writer.Write(Type);
        writer.Write(Value);
        WireFormat.WriteStrings(ref writer, Recommended);
        writer.Write(IsModifiable);
        writer.Write(RestrictToRecommended);
    }
}
