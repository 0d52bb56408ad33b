using System.Buffers.Binary;
using System.Net;
using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>Where a stream is to be had: 24 bytes, little-endian; as a structure of its own [BIN 24], inside an actor a bare BIN.</summary>
/// <param name="StreamId">What to send after connecting; 1 is the world observer.</param>
/// <param name="Port">TCP port of the streaming server.</param>
/// <param name="Address">Where that server runs; null where the token names none: then it is the RPC host.</param>
/// <param name="Protocol">1 is TCP.</param>
public readonly record struct StreamToken(uint StreamId, ushort Port, IPAddress? Address = null, byte Protocol = StreamToken.Tcp)
    : IWireStruct<StreamToken>
{
    /// <summary>Length of a token in bytes.</summary>
    public const int Size = 24;

    /// <summary><see cref="Protocol"/> of every stream that CARLA serves.</summary>
    public const byte Tcp = 1;

    /// <summary>Reads the 24 bytes.</summary>
    /// <exception cref="MessagePackSerializationException">They are not 24, or the address has an unknown type.</exception>
    public static StreamToken FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new MessagePackSerializationException($"A stream token has {Size} bytes, not {bytes.Length}.");
        IPAddress? address = bytes[7] switch
        {
            0 => null, // The other 16 bytes are then an uninitialised union.
            1 => new IPAddress(bytes.Slice(8, 4)),
            2 => new IPAddress(bytes.Slice(8, 16)),
            byte other => throw new MessagePackSerializationException($"A stream token names address type {other}."),
        };
        return new(BinaryPrimitives.ReadUInt32LittleEndian(bytes), BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]), address, bytes[6]);
    }

    /// <summary>Writes the 24 bytes.</summary>
    /// <param name="bytes">At least 24 bytes.</param>
    public void ToBytes(Span<byte> bytes)
    {
        bytes = bytes[..Size];
        bytes.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, StreamId);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], Port);
        bytes[6] = Protocol;
        if (Address is not null && Address.TryWriteBytes(bytes[8..], out int written))
            bytes[7] = (byte)(written == 4 ? 1 : 2);
    }

    /// <summary>The 24 bytes.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Size];
        ToBytes(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public static StreamToken Read(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        StreamToken value = FromBytes(WireFormat.ReadBytes(ref reader, ref left));
        WireFormat.SkipRest(ref reader, left);
        return value;
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.WriteBinHeader(Size);
        ToBytes(writer.GetSpan(Size));
        writer.Advance(Size);
    }
}
