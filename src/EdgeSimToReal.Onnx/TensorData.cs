using System.Buffers.Binary;
using EdgeSimToReal.Core;
using EdgeSimToReal.Onnx.Schema;
using DataType = EdgeSimToReal.Onnx.Schema.TensorProto.Types.DataType;

namespace EdgeSimToReal.Onnx;

/// <summary>Reads the values of ONNX tensors in each of the forms that the format allows: raw bytes, or a typed list.</summary>
public static class TensorData
{
    /// <summary>Whether a tensor holds fractions (float, half, bfloat16, double) rather than integers or truth values.</summary>
    /// <param name="tensor">The tensor.</param>
    public static bool IsFloating(TensorProto tensor) =>
        (DataType)tensor.DataType is DataType.Float or DataType.Float16 or DataType.Bfloat16 or DataType.Double;

    /// <summary>The values of a floating-point tensor, row-major, those in 16 bits widened and those in 64 rounded.</summary>
    /// <param name="tensor">A tensor for which <see cref="IsFloating"/> holds.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="EdgeSimException">The values are not as many as the shape says, lie in another file, or have another type.</exception>
    public static float[] Floats(TensorProto tensor, string path)
    {
        float[] values = (DataType)tensor.DataType switch
        {
            DataType.Float when tensor.FloatData.Count > 0 => [.. tensor.FloatData],
            DataType.Float => Raw(tensor, path, sizeof(float), BinaryPrimitives.ReadSingleLittleEndian),
            DataType.Float16 when tensor.Int32Data.Count > 0 =>
                [.. tensor.Int32Data.Select(bits => (float)BitConverter.UInt16BitsToHalf((ushort)bits))],
            DataType.Float16 => Raw(tensor, path, sizeof(short), bytes => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes)),
            DataType.Bfloat16 when tensor.Int32Data.Count > 0 =>
                [.. tensor.Int32Data.Select(bits => BitConverter.Int32BitsToSingle(bits << 16))],
            DataType.Bfloat16 => Raw(tensor, path, sizeof(short),
                bytes => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16)),
            DataType.Double when tensor.DoubleData.Count > 0 => [.. tensor.DoubleData.Select(value => (float)value)],
            DataType.Double => Raw(tensor, path, sizeof(double), bytes => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
            _ => throw Unsupported(tensor, path),
        };
        return Checked(tensor, path, values);
    }

    /// <summary>The values of a tensor of integers or truth values (0 and 1), row-major.</summary>
    /// <param name="tensor">A tensor for which <see cref="IsFloating"/> does not hold.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="EdgeSimException">The values are not as many as the shape says, lie in another file, or have another type.</exception>
    public static long[] Integers(TensorProto tensor, string path)
    {
        long[] values = (DataType)tensor.DataType switch
        {
            DataType.Int64 when tensor.Int64Data.Count > 0 => [.. tensor.Int64Data],
            DataType.Int64 => Raw(tensor, path, sizeof(long), BinaryPrimitives.ReadInt64LittleEndian),
            DataType.Int32 or DataType.Uint8 or DataType.Int8 or DataType.Bool when tensor.Int32Data.Count > 0 =>
                [.. tensor.Int32Data.Select(value => (long)value)],
            DataType.Int32 => Raw(tensor, path, sizeof(int), bytes => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes)),
            DataType.Uint8 or DataType.Bool => Raw(tensor, path, 1, bytes => (long)bytes[0]),
            DataType.Int8 => Raw(tensor, path, 1, bytes => (long)(sbyte)bytes[0]),
            _ => throw Unsupported(tensor, path),
        };
        return Checked(tensor, path, values);
    }

    private delegate T Reader<out T>(ReadOnlySpan<byte> bytes);

    private static T[] Raw<T>(TensorProto tensor, string path, int size, Reader<T> read)
    {
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
        {
            throw new EdgeSimException($"In '{path}' the values of the tensor '{tensor.Name}' lie in another file.",
                "Save the model as one file.");
        }
        ReadOnlySpan<byte> raw = tensor.RawData.Span;
        T[] values = new T[raw.Length / size];
        for (int i = 0; i < values.Length; i++)
            values[i] = read(raw.Slice(i * size, size));
        return values;
    }

    // Sizes come from a file: their product may overflow.
    private static T[] Checked<T>(TensorProto tensor, string path, T[] values)
    {
        UInt128 count = 1;
        foreach (long size in tensor.Dims)
            count = size is < 0 or > int.MaxValue || count > int.MaxValue ? UInt128.MaxValue : count * (ulong)size;
        if (count == (UInt128)values.Length)
            return values;
        throw new EdgeSimException(
            $"In '{path}' the tensor '{tensor.Name}' has {values.Length} values for the shape [{string.Join(", ", tensor.Dims)}].",
            "Export or copy the file again.");
    }

    private static EdgeSimException Unsupported(TensorProto tensor, string path) =>
        new($"In '{path}' the tensor '{tensor.Name}' has the unsupported type {(DataType)tensor.DataType}.",
            "Export the network with 32-bit floating-point weights.");
}
