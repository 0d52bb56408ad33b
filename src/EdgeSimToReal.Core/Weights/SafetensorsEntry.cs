namespace EdgeSimToReal.Core.Weights;

/// <summary>Where a tensor lies in a safetensors file.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Type">The format's name of the element type, e.g. "F32".</param>
/// <param name="Shape">Sizes of the dimensions; empty for a scalar.</param>
/// <param name="Begin">Offset of its first byte in the data.</param>
/// <param name="End">Offset behind its last byte.</param>
public sealed record SafetensorsEntry(string Name, string Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (count, size) => count * size);

    /// <summary>Number of bytes.</summary>
    public long Bytes => End - Begin;

    /// <summary>Bytes of an element.</summary>
    /// <param name="type">The format's name of the element type.</param>
    /// <returns>0 where the type is unknown.</returns>
    public static int Width(string type) => type switch
    {
        "F64" or "I64" => 8,
        "F32" or "I32" => 4,
        "F16" or "BF16" or "I16" => 2,
        "I8" or "U8" or "BOOL" => 1,
        _ => 0,
    };
}
