using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>An actor: [id, parent_id, description, bounding_box, semantic_tags, stream_token].</summary>
/// <param name="Id">The actor's number.</param>
/// <param name="ParentId">What it is attached to; 0 is nothing.</param>
/// <param name="Description">Blueprint and attributes.</param>
/// <param name="BoundingBox">Relative to the actor.</param>
/// <param name="SemanticTags">Tags of its meshes, in the server's label space.</param>
/// <param name="StreamToken">The 24 bytes of a sensor's <see cref="Wire.StreamToken"/>, a bare BIN here; empty for other actors.</param>
public sealed record Actor(
    uint Id, uint ParentId, ActorDescription Description, BoundingBox BoundingBox, byte[] SemanticTags, byte[] StreamToken)
    : IWireStruct<Actor>
{
    /// <inheritdoc/>
    public static Actor Read(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        Actor value = new(WireFormat.ReadUInt32(ref reader, ref left), WireFormat.ReadUInt32(ref reader, ref left),
            WireFormat.Read<ActorDescription>(ref reader, ref left) ?? new(0, "", []), WireFormat.Read<BoundingBox>(ref reader, ref left),
            WireFormat.ReadBytes(ref reader, ref left), WireFormat.ReadBytes(ref reader, ref left));
        WireFormat.SkipRest(ref reader, left);
        return value;
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(6);
        writer.Write(Id);
        writer.Write(ParentId);
        Description.Write(ref writer);
        BoundingBox.Write(ref writer);
        writer.Write(SemanticTags);
        writer.Write(StreamToken);
    }
}
