using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>A rotation: [pitch, yaw, roll] in degrees, in this order on the wire and in memory.</summary>
/// <param name="Pitch">Nose up positive.</param>
/// <param name="Yaw">Clockwise seen from above.</param>
/// <param name="Roll">Clockwise seen from behind.</param>
public readonly record struct Rotation(float Pitch, float Yaw, float Roll) : IWireStruct<Rotation>
{
    /// <inheritdoc/>
    public static Rotation Read(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        Rotation value = new(
            WireFormat.ReadSingle(ref reader, ref left), WireFormat.ReadSingle(ref reader, ref left),
            WireFormat.ReadSingle(ref reader, ref left));
        WireFormat.SkipRest(ref reader, left);
        return value;
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(Pitch);
        writer.Write(Yaw);
        writer.Write(Roll);
    }
}
