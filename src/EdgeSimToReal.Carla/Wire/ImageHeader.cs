using System.Buffers.Binary;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>What follows the <see cref="SensorHeader"/> of an image: 12 bytes; then width × height pixels B, G, R, A.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="FieldOfView">Horizontal, degrees.</param>
public readonly record struct ImageHeader(uint Width, uint Height, float FieldOfView)
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = 12;

    /// <summary>Where the pixels begin in a message, after its length.</summary>
    public const int PixelOffset = SensorHeader.Size + Size;

    /// <summary>Bytes of a whole image message, without its length; 64 bits, so that hostile sizes do not wrap around.</summary>
    public ulong MessageSize => PixelOffset + (4UL * Width * Height);

    /// <summary>Reads the header.</summary>
    /// <param name="bytes">At least <see cref="Size"/> bytes.</param>
    public static ImageHeader Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]), BinaryPrimitives.ReadSingleLittleEndian(bytes[8..]));

    /// <summary>Writes the header.</summary>
    /// <param name="bytes">At least <see cref="Size"/> bytes.</param>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Width);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Height);
        BinaryPrimitives.WriteSingleLittleEndian(bytes[8..], FieldOfView);
    }
}
