using EdgeSimToReal.Core.Frames;
using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>A transform: [location, rotation].</summary>
/// <param name="Location">Metres.</param>
/// <param name="Rotation">Degrees.</param>
public readonly record struct Transform(Vector3D Location, Rotation Rotation) : IWireStruct<Transform>
{
    /// <summary>The same transform as the frames carry it.</summary>
    public Pose ToPose() => new(Location.X, Location.Y, Location.Z, Rotation.Pitch, Rotation.Yaw, Rotation.Roll);

    /// <summary>The transform of a pose.</summary>
    public static Transform FromPose(Pose pose) => new(new(pose.X, pose.Y, pose.Z), new(pose.Pitch, pose.Yaw, pose.Roll));

    /// <inheritdoc/>
    public static Transform Read(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        Transform value = new(WireFormat.Read<Vector3D>(ref reader, ref left), WireFormat.Read<Rotation>(ref reader, ref left));
        WireFormat.SkipRest(ref reader, left);
        return value;
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        Location.Write(ref writer);
        Rotation.Write(ref writer);
    }
}
