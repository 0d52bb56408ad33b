using System.Buffers;
using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>Reads and writes the pieces that CARLA's structures are made of.</summary>
/// <remarks>
/// The readers of fields take the number of fields left in the array and give the default when none is, since servers of
/// different versions send arrays of different lengths.
/// </remarks>
public static class WireFormat
{
    /// <summary>Reads a float32; integers and float64 are accepted too.</summary>
    public static float ReadSingle(ref MessagePackReader reader, ref int left) => left-- > 0 ? reader.ReadSingle() : 0;

    /// <summary>Reads a float64; integers and float32 are accepted too.</summary>
    public static double ReadDouble(ref MessagePackReader reader, ref int left) => left-- > 0 ? reader.ReadDouble() : 0;

    /// <summary>Reads an unsigned integer.</summary>
    public static uint ReadUInt32(ref MessagePackReader reader, ref int left) => left-- > 0 ? reader.ReadUInt32() : 0;

    /// <summary>Reads a signed integer.</summary>
    public static int ReadInt32(ref MessagePackReader reader, ref int left) => left-- > 0 ? reader.ReadInt32() : 0;

    /// <summary>Reads a 64-bit unsigned integer.</summary>
    public static ulong ReadUInt64(ref MessagePackReader reader, ref int left) => left-- > 0 ? reader.ReadUInt64() : 0;

    /// <summary>Reads a boolean.</summary>
    public static bool ReadBoolean(ref MessagePackReader reader, ref int left) => left-- > 0 && reader.ReadBoolean();

    /// <summary>Reads a text; empty where it is missing or nil.</summary>
    public static string ReadString(ref MessagePackReader reader, ref int left) => left-- > 0 ? reader.ReadString() ?? "" : "";

    /// <summary>Reads a BIN; empty where it is missing or nil.</summary>
    public static byte[] ReadBytes(ref MessagePackReader reader, ref int left) =>
        left-- > 0 && reader.ReadBytes() is { } bytes ? bytes.ToArray() : [];

    /// <summary>Reads a structure; its default where it is missing.</summary>
    public static T? Read<T>(ref MessagePackReader reader, ref int left)
        where T : IWireStruct<T> => left-- > 0 ? T.Read(ref reader) : default;

    /// <summary>Reads an array of structures; empty where it is missing.</summary>
    public static T[] ReadArray<T>(ref MessagePackReader reader, ref int left)
        where T : IWireStruct<T> => left-- > 0 ? ReadArray<T>(ref reader) : [];

    /// <summary>Reads an array of structures.</summary>
    public static T[] ReadArray<T>(ref MessagePackReader reader)
        where T : IWireStruct<T>
    {
        int count = reader.ReadArrayHeader();
        List<T> items = new(Math.Min(count, 1024)); // What the header claims is believed only as items turn up.
        for (int i = 0; i < count; i++)
            items.Add(T.Read(ref reader));
        return [.. items];
    }

    /// <summary>Reads an array of texts; empty where it is missing.</summary>
    public static string[] ReadStrings(ref MessagePackReader reader, ref int left) => left-- > 0 ? ReadStrings(ref reader) : [];

    /// <summary>Reads an array of texts.</summary>
    public static string[] ReadStrings(ref MessagePackReader reader)
    {
        int count = reader.ReadArrayHeader();
        List<string> items = new(Math.Min(count, 1024));
        for (int i = 0; i < count; i++)
            items.Add(reader.ReadString() ?? "");
        return [.. items];
    }

    /// <summary>Reads an array of unsigned integers.</summary>
    public static uint[] ReadUInt32s(ref MessagePackReader reader)
    {
        int count = reader.ReadArrayHeader();
        List<uint> items = new(Math.Min(count, 1024));
        for (int i = 0; i < count; i++)
            items.Add(reader.ReadUInt32());
        return [.. items];
    }

    /// <summary>Skips the fields that this side does not know.</summary>
    public static void SkipRest(ref MessagePackReader reader, int left)
    {
        for (; left > 0; left--)
            reader.Skip();
    }

    /// <summary>Copies the next <paramref name="count"/> objects byte for byte.</summary>
    public static byte[] ReadRaw(ref MessagePackReader reader, int count)
    {
        SequencePosition start = reader.Position;
        SkipRest(ref reader, count);
        return reader.Sequence.Slice(start, reader.Position).ToArray();
    }

    /// <summary>Reads an optional: [false] is none, [true, value] is a value at which the reader then stands.</summary>
    public static bool ReadOptionalHeader(ref MessagePackReader reader)
    {
        int count = reader.ReadArrayHeader();
        bool present = count > 0 && reader.ReadBoolean();
        if (present && count != 2)
            throw new MessagePackSerializationException("An optional that holds a value must be [true, value].");
        if (!present)
            SkipRest(ref reader, count - 1);
        return present;
    }

    /// <summary>Writes [false], or [true, and leaves the value to the caller.</summary>
    public static void WriteOptionalHeader(ref MessagePackWriter writer, bool present)
    {
        writer.WriteArrayHeader(present ? 2 : 1);
        writer.Write(present);
    }

    /// <summary>Writes an array of structures.</summary>
    public static void WriteArray<T>(ref MessagePackWriter writer, ReadOnlySpan<T> items)
        where T : IWireStruct<T>
    {
        writer.WriteArrayHeader(items.Length);
        foreach (ref readonly T item in items)
            item.Write(ref writer);
    }

    /// <summary>Writes an array of texts.</summary>
    public static void WriteStrings(ref MessagePackWriter writer, ReadOnlySpan<string> items)
    {
        writer.WriteArrayHeader(items.Length);
        foreach (string item in items)
            writer.Write(item);
    }

    /// <summary>Writes an array of unsigned integers.</summary>
    public static void WriteUInt32s(ref MessagePackWriter writer, ReadOnlySpan<uint> items)
    {
        writer.WriteArrayHeader(items.Length);
        foreach (uint item in items)
            writer.Write(item);
    }

    /// <summary>Whether an exception says that a message has not the expected structure.</summary>
    public static bool IsMalformed(Exception error) =>
        error is MessagePackSerializationException or EndOfStreamException or OverflowException;
}
