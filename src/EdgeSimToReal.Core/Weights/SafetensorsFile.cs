using System.Runtime.InteropServices;

namespace EdgeSimToReal.Core.Weights;

/// <summary>Reads and writes safetensors files: an 8-byte header length, a JSON header, raw little-endian data.</summary>
/// <remarks>Every length and offset is checked before it is used: a damaged or hostile file gives one clear error.</remarks>
public sealed class SafetensorsFile
{
    /// <summary>Creates a file's content in memory.</summary>
    /// <param name="tensors">Tensors by name.</param>
    /// <param name="metadata">The header's "__metadata__".</param>
    public SafetensorsFile(IReadOnlyDictionary<string, WeightTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        Tensors = tensors;
        Metadata = metadata ?? new Dictionary<string, string>();
    }

    /// <summary>Tensors by name, converted to fp32 (F32, F16, BF16, F64 and I64 are read).</summary>
    public IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    /// <summary>The header's "__metadata__"; empty where it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="EdgeSimException">The file is missing, damaged, or holds a type that is not a float.</exception>
    public static SafetensorsFile Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't read the weights file '{path}': {error.Message.TrimEnd('.')}.", null, ExitCode.BadInput, error);
        }
        return Parse(bytes, path);
    }

    /// <summary>Reads a file's content.</summary>
    /// <param name="bytes">The content.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="EdgeSimException">The content is damaged or holds a type that is not a float.</exception>
    public static SafetensorsFile Parse(byte[] bytes, string path)
    {
        try
        {
            return Parse(bytes);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            throw new EdgeSimException($"'{path}' is not a valid safetensors file: {error.Message.TrimEnd('.')}.",
                "Copy or export it again.", ExitCode.BadInput, error);
        }
    }

    /// <summary>Writes the tensors as F32, in the order of their names, atomically.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <exception cref="EdgeSimException">The file can't be written.</exception>
    public void Write(string path)
    {
        SafetensorsHeader header = SafetensorsHeader.Lay(Tensors.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry =>
            (entry.Key, "F32", (IReadOnlyList<long>)[.. entry.Value.Shape.Select(size => (long)size)])), Metadata);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header.ToBytes());
            foreach (SafetensorsEntry entry in header.Entries)
                stream.Write(MemoryMarshal.AsBytes<float>(Tensors[entry.Name].Values));
        });
    }

    private static SafetensorsFile Parse(byte[] bytes)
    {
        int length = SafetensorsHeader.ReadLength(bytes, bytes.Length), start = SafetensorsHeader.LengthBytes + length;
        SafetensorsHeader header = SafetensorsHeader.Parse(bytes.AsMemory(SafetensorsHeader.LengthBytes, length), bytes.Length - start);
        Dictionary<string, WeightTensor> tensors = new(header.Entries.Count, StringComparer.Ordinal);
        foreach (SafetensorsEntry entry in header.Entries)
        {
            ReadOnlySpan<byte> data = bytes.AsSpan(start + (int)entry.Begin, (int)entry.Bytes);
            int[] shape = [.. entry.Shape.Select(size => checked((int)size))];
            tensors[entry.Name] = new WeightTensor(shape, Convert(data, entry.Type, entry.Name));
        }
        return new SafetensorsFile(tensors, header.Metadata);
    }

    private static float[] Convert(ReadOnlySpan<byte> data, string type, string name)
    {
        switch (type)
        {
            case "F32":
                return MemoryMarshal.Cast<byte, float>(data).ToArray();
            case "F16":
                return Map(MemoryMarshal.Cast<byte, Half>(data), value => (float)value);
            case "BF16":
                return Map(MemoryMarshal.Cast<byte, ushort>(data), value => BitConverter.Int32BitsToSingle(value << 16));
            case "F64":
                return Map(MemoryMarshal.Cast<byte, double>(data), value => (float)value);
            case "I64": // counters such as num_batches_tracked
                return Map(MemoryMarshal.Cast<byte, long>(data), value => (float)value);
            default:
                throw new FormatException($"'{name}' has the type {type}; floating point is expected");
        }
    }

    private static float[] Map<T>(ReadOnlySpan<T> source, Func<T, float> convert)
    {
        float[] result = new float[source.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = convert(source[i]);
        return result;
    }
}
