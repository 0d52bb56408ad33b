using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>A bounding box: [location, extent, rotation], from 0.9.16 also [.., actor_id].</summary>
/// <param name="Location">Centre, relative to the actor, metres.</param>
/// <param name="Extent">Half sizes, metres.</param>
/// <param name="Rotation">Degrees.</param>
/// <param name="ActorId">The fourth field; <see cref="NoActor"/> is none, null leaves the field out (0.9.15 and before, 0.10).</param>
public readonly record struct BoundingBox(Vector3D Location, Vector3D Extent, Rotation Rotation, uint? ActorId = null)
    : IWireStruct<BoundingBox>
{
    /// <summary>The fourth field where there is no actor.</summary>
    public const uint NoActor = uint.MaxValue;

    /// <inheritdoc/>
    public static BoundingBox Read(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        BoundingBox value = new(WireFormat.Read<Vector3D>(ref reader, ref left), WireFormat.Read<Vector3D>(ref reader, ref left),
            WireFormat.Read<Rotation>(ref reader, ref left), left > 0 ? WireFormat.ReadUInt32(ref reader, ref left) : null);
        WireFormat.SkipRest(ref reader, left);
        return value;
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(ActorId is null ? 3 : 4);
        Location.Write(ref writer);
        Extent.Write(ref writer);
        Rotation.Write(ref writer);
        if (ActorId is { } id)
            writer.Write(id);
    }
}
