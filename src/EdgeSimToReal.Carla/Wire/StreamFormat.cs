using System.Buffers.Binary;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>Pieces of the packed little-endian structures on the streams.</summary>
internal static class StreamFormat
{
    /// <summary>Six float32: x, y, z, pitch, yaw, roll.</summary>
    public static Pose ReadPose(ReadOnlySpan<byte> bytes)
    {
        Vector3D location = ReadVector(bytes);
        Vector3D angles = ReadVector(bytes[12..]);
        return new(location.X, location.Y, location.Z, angles.X, angles.Y, angles.Z);
    }

    public static void WritePose(Span<byte> bytes, in Pose pose)
    {
        WriteVector(bytes, new(pose.X, pose.Y, pose.Z));
        WriteVector(bytes[12..], new(pose.Pitch, pose.Yaw, pose.Roll));
    }

    public static Vector3D ReadVector(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadSingleLittleEndian(bytes),
        BinaryPrimitives.ReadSingleLittleEndian(bytes[4..]), BinaryPrimitives.ReadSingleLittleEndian(bytes[8..]));

    public static void WriteVector(Span<byte> bytes, Vector3D value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value.X);
        BinaryPrimitives.WriteSingleLittleEndian(bytes[4..], value.Y);
        BinaryPrimitives.WriteSingleLittleEndian(bytes[8..], value.Z);
    }
}
