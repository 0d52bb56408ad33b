using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace EdgeSimToReal.Core.Weights;

/// <summary>Reads and writes safetensors files: an 8-byte header length, a JSON header, raw little-endian data.</summary>
/// <remarks>Every length and offset is checked before it is used: a damaged or hostile file gives one clear error.</remarks>
public sealed class SafetensorsFile
{
    private const int MaxHeaderBytes = 100_000_000; // the format's own limit

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
        catch (Exception error) when (error is FormatException or JsonException or OverflowException or InvalidOperationException
            or KeyNotFoundException)
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
        string[] names = [.. Tensors.Keys.Order(StringComparer.Ordinal)];
        using MemoryStream header = new();
        using (Utf8JsonWriter json = new(header))
        {
            json.WriteStartObject();
            if (Metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in Metadata)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (string name in names)
            {
                WeightTensor tensor = Tensors[name];
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                foreach (int size in tensor.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += 4L * tensor.Count);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (header.Length % 8 != 0)
            header.WriteByte((byte)' ');
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            header.WriteTo(stream);
            foreach (string name in names)
                stream.Write(MemoryMarshal.AsBytes<float>(Tensors[name].Values));
        });
    }

    private static SafetensorsFile Parse(byte[] bytes)
    {
        if (bytes.Length < 8)
            throw new FormatException($"it has {bytes.Length} bytes");
        long headerLength = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        if (headerLength is < 2 or > MaxHeaderBytes || headerLength > bytes.Length - 8)
            throw new FormatException($"its header claims {headerLength} bytes of the file's {bytes.Length}");
        using JsonDocument json = JsonDocument.Parse(bytes.AsMemory(8, (int)headerLength));
        ReadOnlySpan<byte> data = bytes.AsSpan(8 + (int)headerLength);
        Dictionary<string, WeightTensor> tensors = new(StringComparer.Ordinal);
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        long covered = 0;
        foreach (JsonProperty entry in json.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                foreach (JsonProperty item in entry.Value.EnumerateObject())
                    metadata[item.Name] = item.Value.GetString() ?? "";
                continue;
            }
            int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
            long count = 1;
            foreach (int size in shape)
                count = checked(count * (size >= 0 ? size : throw new FormatException($"'{entry.Name}' has a negative size")));
            JsonElement offsets = entry.Value.GetProperty("data_offsets");
            if (offsets.GetArrayLength() != 2)
                throw new FormatException($"'{entry.Name}' has {offsets.GetArrayLength()} data offsets");
            long begin = offsets[0].GetInt64(), end = offsets[1].GetInt64();
            string type = entry.Value.GetProperty("dtype").GetString() ?? "";
            int width = type switch
            {
                "F32" => 4,
                "F16" or "BF16" => 2,
                "F64" => 8,
                "I64" => 8,
                _ => throw new FormatException($"'{entry.Name}' has the type {type}; floating point is expected"),
            };
            if (begin < 0 || end < begin || end > data.Length || end - begin != checked(count * width))
                throw new FormatException($"the data of '{entry.Name}' lies at {begin}..{end} of {data.Length} bytes, for {count} {type} values");
            // Tensors don't overlap (the format's rule): a small file can't claim the same bytes a thousand times over.
            covered += end - begin;
            if (covered > data.Length)
                throw new FormatException("its tensors overlap");
            if (!tensors.TryAdd(entry.Name, new WeightTensor(shape, Convert(data[(int)begin..(int)end], type))))
                throw new FormatException($"'{entry.Name}' occurs twice");
        }
        if (covered != data.Length)
            throw new FormatException($"its tensors cover {covered} of {data.Length} bytes of data");
        return new SafetensorsFile(tensors, metadata);
    }

    private static float[] Convert(ReadOnlySpan<byte> data, string type)
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
            default: // I64: counters such as num_batches_tracked
                return Map(MemoryMarshal.Cast<byte, long>(data), value => (float)value);
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
