using System.Buffers.Binary;

namespace EdgeSimToReal.Core.Weights.Torch;

/// <summary>The type of a NumPy scalar, e.g. "f8".</summary>
/// <param name="Code">Kind and bytes, as numpy.dtype takes them.</param>
internal sealed record NumpyType(string Code)
{
    /// <summary>A scalar's value: long, double or bool.</summary>
    /// <param name="bytes">Its little-endian bytes.</param>
    public object Value(byte[] bytes) => (Code, bytes.Length) switch
    {
        ("f8", 8) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        ("f4", 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
        ("f2", 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        ("i8", 8) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        ("i4", 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
        ("b1", 1) => bytes[0] != 0,
        _ => throw new NotSupportedException($"it holds a NumPy value of the type '{Printable.Text(Code)}' in {bytes.Length} bytes"),
    };
}
