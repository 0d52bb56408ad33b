using System.Buffers.Binary;
using System.Text.Json;

namespace EdgeSimToReal.Core.Weights;

/// <summary>A safetensors file's start: an 8-byte length, and that many bytes of JSON that say where each tensor lies.</summary>
/// <remarks>Every length and offset is checked before it is used: a damaged or hostile file gives one clear error.</remarks>
public sealed class SafetensorsHeader
{
    /// <summary>Bytes before the JSON: its length.</summary>
    public const int LengthBytes = 8;

    private const int MaxBytes = 100_000_000; // the format's own limit
    private const string MetadataName = "__metadata__";

    private SafetensorsHeader(IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string> metadata) =>
        (Entries, Metadata) = (entries, metadata);

    /// <summary>The tensors, in the order of their data.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>The "__metadata__"; empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Lays tensors out one behind the other.</summary>
    /// <param name="tensors">Names, types and shapes, in the order of their data.</param>
    /// <param name="metadata">The "__metadata__".</param>
    public static SafetensorsHeader Lay(
        IEnumerable<(string Name, string Type, IReadOnlyList<long> Shape)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        List<SafetensorsEntry> entries = [];
        long offset = 0;
        foreach ((string name, string type, IReadOnlyList<long> shape) in tensors)
        {
            SafetensorsEntry entry = new(name, type, shape, offset, offset);
            entries.Add(entry = entry with { End = offset + (entry.Count * SafetensorsEntry.Width(type)) });
            offset = entry.End;
        }
        return new SafetensorsHeader(entries, metadata);
    }

    /// <summary>The JSON's length, as a file begins with it.</summary>
    /// <param name="start">The file's first 8 bytes or more; fewer where it has fewer.</param>
    /// <param name="fileBytes">The file's length.</param>
    /// <exception cref="FormatException">The file is too short for that.</exception>
    public static int ReadLength(ReadOnlySpan<byte> start, long fileBytes)
    {
        if (start.Length < LengthBytes)
            throw new FormatException($"it has {fileBytes} bytes");
        long length = BinaryPrimitives.ReadInt64LittleEndian(start);
        if (length is < 2 or > MaxBytes || length > fileBytes - LengthBytes)
            throw new FormatException($"its header claims {length} bytes of the file's {fileBytes}");
        return (int)length;
    }

    /// <summary>Reads a header.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="dataBytes">Bytes of data behind it; the tensors cover each of them once.</param>
    /// <exception cref="FormatException">It is no valid header of that data.</exception>
    public static SafetensorsHeader Parse(ReadOnlyMemory<byte> json, long dataBytes)
    {
        try
        {
            return ParseJson(json, dataBytes);
        }
        catch (Exception error) when (error is JsonException or OverflowException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException(error.Message, error);
        }
    }

    /// <summary>The header as a file begins with it: length and JSON, padded so that the data is aligned to 8 bytes.</summary>
    public byte[] ToBytes()
    {
        using MemoryStream header = new();
        header.Write(stackalloc byte[LengthBytes]);
        using (Utf8JsonWriter json = new(header))
        {
            json.WriteStartObject();
            if (Metadata.Count > 0)
            {
                json.WriteStartObject(MetadataName);
                foreach ((string key, string value) in Metadata)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            foreach (SafetensorsEntry entry in Entries)
            {
                json.WriteStartObject(entry.Name);
                json.WriteString("dtype", entry.Type);
                json.WriteStartArray("shape");
                foreach (long size in entry.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(entry.Begin);
                json.WriteNumberValue(entry.End);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (header.Length % 8 != 0)
            header.WriteByte((byte)' ');
        byte[] bytes = header.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - LengthBytes);
        return bytes;
    }

    private static SafetensorsHeader ParseJson(ReadOnlyMemory<byte> text, long dataBytes)
    {
        using JsonDocument json = JsonDocument.Parse(text);
        Dictionary<string, SafetensorsEntry> entries = new(StringComparer.Ordinal);
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        foreach (JsonProperty item in json.RootElement.EnumerateObject())
        {
            if (item.Name == MetadataName)
            {
                foreach (JsonProperty pair in item.Value.EnumerateObject())
                    metadata[pair.Name] = pair.Value.GetString() ?? "";
            }
            else if (!entries.TryAdd(item.Name, ParseEntry(item, dataBytes)))
            {
                throw new FormatException($"'{item.Name}' occurs twice");
            }
        }
        // No overlaps and no holes (the format's rule): a small file can't claim the same bytes a thousand times over.
        SafetensorsEntry[] ordered = [.. entries.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
        long covered = 0;
        foreach (SafetensorsEntry entry in ordered)
        {
            if (entry.Begin != covered)
                throw new FormatException($"its tensors {(entry.Begin < covered ? "overlap" : "leave a gap")} at {entry.Begin}");
            covered = entry.End;
        }
        if (covered != dataBytes)
            throw new FormatException($"its tensors cover {covered} of {dataBytes} bytes of data");
        return new SafetensorsHeader(ordered, metadata);
    }

    private static SafetensorsEntry ParseEntry(JsonProperty item, long dataBytes)
    {
        long[] shape = [.. item.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        long count = 1, extent = 1; // who lays out an empty tensor multiplies its other sizes
        foreach (long size in shape)
        {
            count = checked(count * (size >= 0 ? size : throw new FormatException($"'{item.Name}' has a negative size")));
            extent = checked(extent * Math.Max(size, 1));
        }
        JsonElement offsets = item.Value.GetProperty("data_offsets");
        if (offsets.GetArrayLength() != 2)
            throw new FormatException($"'{item.Name}' has {offsets.GetArrayLength()} data offsets");
        long begin = offsets[0].GetInt64(), end = offsets[1].GetInt64();
        string type = item.Value.GetProperty("dtype").GetString() ?? "";
        int width = SafetensorsEntry.Width(type);
        if (width == 0)
            throw new FormatException($"'{item.Name}' has the type {type}");
        if (begin < 0 || end < begin || end > dataBytes || end - begin != checked(count * width))
            throw new FormatException($"the data of '{item.Name}' lies at {begin}..{end} of {dataBytes} bytes, for {count} {type} values");
        return new SafetensorsEntry(item.Name, type, shape, begin, end);
    }
}
