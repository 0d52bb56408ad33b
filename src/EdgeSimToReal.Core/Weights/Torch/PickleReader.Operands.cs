using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace EdgeSimToReal.Core.Weights.Torch;

// Operands: what stands behind an instruction in the stream.
internal sealed partial class PickleReader
{
    private const int MaxIntegerBytes = 16;
    private const int MaxNameBytes = 256;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private byte ReadByte()
    {
        int value = stream.ReadByte();
        if (value < 0)
            throw Damaged("it ends here");
        Advance(1);
        return (byte)value;
    }

    private byte[] ReadBytes(int count)
    {
        Advance(count);
        byte[] bytes = new byte[count];
        if (stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false) < count)
            throw Damaged("it ends here");
        return bytes;
    }

    private void Advance(int count)
    {
        _position += count;
        if (_position > MaxBytes)
            throw new NotSupportedException($"its pickle is longer than {MaxBytes >> 20} MiB");
    }

    private uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    private ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(8));

    private double ReadDouble() => BinaryPrimitives.ReadDoubleBigEndian(ReadBytes(8));

    /// <summary>long where it fits, else <see cref="BigInteger"/> (the legacy format's magic number).</summary>
    private object ReadInteger(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.BinInt:
                return (long)(int)ReadUInt32();
            case PickleOpcode.BinInt1:
                return (long)ReadByte();
            case PickleOpcode.BinInt2:
                return (long)BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(2));
            default:
                long length = opcode == PickleOpcode.Long1 ? ReadByte() : ReadUInt32();
                if (length > MaxIntegerBytes)
                    throw new NotSupportedException($"its pickle has an integer of {length} bytes");
                BigInteger value = new(ReadBytes((int)length)); // little endian, two's complement; none means 0
                return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
        }
    }

    private string ReadText(PickleOpcode opcode)
    {
        byte[] bytes = ReadBytes(ReadLength(opcode));
        try
        {
            // Python 2's byte strings are keys in plain ASCII, which is UTF-8 too.
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Damaged("a text is not UTF-8");
        }
    }

    private int ReadLength(PickleOpcode opcode)
    {
        ulong length = opcode switch
        {
            PickleOpcode.ShortBinUnicode or PickleOpcode.ShortBinString or PickleOpcode.ShortBinBytes => ReadByte(),
            PickleOpcode.BinUnicode8 or PickleOpcode.BinBytes8 => ReadUInt64(),
            _ => ReadUInt32(),
        };
        return length <= MaxText ? (int)length : throw new NotSupportedException($"its pickle has a text of {length} bytes");
    }

    private string ReadLine()
    {
        StringBuilder line = new();
        for (byte next = ReadByte(); next != '\n'; next = ReadByte())
        {
            if (line.Length == MaxNameBytes)
                throw new NotSupportedException($"its pickle has a global whose name is longer than {MaxNameBytes} bytes");
            line.Append((char)next);
        }
        return line.ToString();
    }
}
