using System.Buffers.Binary;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>What follows the <see cref="SensorHeader"/> of a world observer message; then one <see cref="ActorState"/> an actor.</summary>
/// <param name="EpisodeId">The running episode.</param>
/// <param name="PlatformTimestamp">
/// Seconds of the server's own clock. The built-in Town gives CLOCK_MONOTONIC when the picture was taken.
/// </param>
/// <param name="DeltaSeconds">Simulated seconds since the last frame; what was really used.</param>
/// <param name="OriginX">The map's origin, from 0.9.12.</param>
/// <param name="OriginY">The map's origin, from 0.9.12.</param>
/// <param name="OriginZ">The map's origin, from 0.9.12.</param>
/// <param name="SimulationState">1 map change, 2 pending light update.</param>
public readonly record struct WorldObserverHeader(
    ulong EpisodeId, double PlatformTimestamp, float DeltaSeconds,
    int OriginX = 0, int OriginY = 0, int OriginZ = 0, uint SimulationState = 0)
{
    /// <summary>Bytes of the header.</summary>
    /// <param name="hasMapOrigin"><see cref="ServerProfile.HasMapOrigin"/>.</param>
    public static int SizeOf(bool hasMapOrigin) => hasMapOrigin ? 36 : 24;

    /// <summary>Reads the header.</summary>
    /// <param name="bytes">At least <see cref="SizeOf"/> bytes.</param>
    /// <param name="hasMapOrigin"><see cref="ServerProfile.HasMapOrigin"/>.</param>
    public static WorldObserverHeader Read(ReadOnlySpan<byte> bytes, bool hasMapOrigin) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadDoubleLittleEndian(bytes[8..]),
        BinaryPrimitives.ReadSingleLittleEndian(bytes[16..]),
        hasMapOrigin ? BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]) : 0,
        hasMapOrigin ? BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]) : 0,
        hasMapOrigin ? BinaryPrimitives.ReadInt32LittleEndian(bytes[28..]) : 0,
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[(hasMapOrigin ? 32 : 20)..]));

    /// <summary>Writes the header.</summary>
    /// <param name="bytes">At least <see cref="SizeOf"/> bytes.</param>
    /// <param name="hasMapOrigin"><see cref="ServerProfile.HasMapOrigin"/>.</param>
    public void Write(Span<byte> bytes, bool hasMapOrigin)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, EpisodeId);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[8..], PlatformTimestamp);
        BinaryPrimitives.WriteSingleLittleEndian(bytes[16..], DeltaSeconds);
        if (hasMapOrigin)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes[20..], OriginX);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[24..], OriginY);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[28..], OriginZ);
        }
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[(hasMapOrigin ? 32 : 20)..], SimulationState);
    }
}
