using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>A vector or location: [x, y, z], metres, x forward, y right, z up (left-handed).</summary>
/// <param name="X">Forward.</param>
/// <param name="Y">Right.</param>
/// <param name="Z">Up.</param>
public readonly record struct Vector3D(float X, float Y, float Z) : IWireStruct<Vector3D>
{
    /// <inheritdoc/>
    public static Vector3D Read(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        Vector3D value = new(
            WireFormat.ReadSingle(ref reader, ref left), WireFormat.ReadSingle(ref reader, ref left),
            WireFormat.ReadSingle(ref reader, ref left));
        WireFormat.SkipRest(ref reader, left);
        return value;
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(X);
        writer.Write(Y);
        writer.Write(Z);
    }
}
