using System.Buffers.Binary;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>What every stream message begins with: 48 bytes, little-endian, packed.</summary>
/// <param name="SensorType">The sensor's number in the server's registry; differs by version.</param>
/// <param name="Frame">The simulator's frame number.</param>
/// <param name="Timestamp">Simulated seconds.</param>
/// <param name="Pose">The sensor's world transform.</param>
public readonly record struct SensorHeader(ulong SensorType, ulong Frame, double Timestamp, Pose Pose)
{
    /// <summary>Bytes of the length in front of a message, u32 little-endian, which does not count itself.</summary>
    public const int LengthSize = 4;

    /// <summary>Bytes of the header.</summary>
    public const int Size = 48;

    /// <summary>Reads the header.</summary>
    /// <param name="bytes">At least <see cref="Size"/> bytes.</param>
    public static SensorHeader Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadDoubleLittleEndian(bytes[16..]), StreamFormat.ReadPose(bytes[24..]));

    /// <summary>Writes the header.</summary>
    /// <param name="bytes">At least <see cref="Size"/> bytes.</param>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, SensorType);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], Frame);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[16..], Timestamp);
        StreamFormat.WritePose(bytes[24..], Pose);
    }
}
