using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EdgeSimToReal.Core.Weights.Torch;

/// <summary>The element type of a storage: its size, and how it becomes fp32.</summary>
internal sealed class TorchElement
{
    private readonly Action<ReadOnlySpan<byte>, Span<float>> _convert;

    private TorchElement(int width, Action<ReadOnlySpan<byte>, Span<float>> convert)
    {
        Width = width;
        _convert = convert;
    }

    /// <summary>Types by the names that storages have in module "torch".</summary>
    public static IReadOnlyDictionary<string, TorchElement> ByStorage { get; } = new Dictionary<string, TorchElement>
    {
        ["FloatStorage"] = Of<float>(value => value),
        ["DoubleStorage"] = Of<double>(value => (float)value),
        ["HalfStorage"] = Of<Half>(value => (float)value),
        ["BFloat16Storage"] = Of<ushort>(value => BitConverter.UInt32BitsToSingle((uint)value << 16)),
        ["LongStorage"] = Of<long>(value => value),
        ["IntStorage"] = Of<int>(value => value),
        ["ShortStorage"] = Of<short>(value => value),
        ["CharStorage"] = Of<sbyte>(value => value),
        ["ByteStorage"] = Of<byte>(value => value),
        ["BoolStorage"] = Of<byte>(value => value != 0 ? 1 : 0),
        ["UntypedStorage"] = Of<byte>(value => value),
    };

    /// <summary>Bytes an element.</summary>
    public int Width { get; }

    /// <summary>Converts elements to fp32.</summary>
    /// <param name="source">Their bytes; reversed in place where the file is big endian.</param>
    /// <param name="target">As many values.</param>
    /// <param name="littleEndian">The file's byte order.</param>
    public void Convert(Span<byte> source, Span<float> target, bool littleEndian)
    {
        if (!littleEndian)
            ReverseElements(source);
        _convert(source, target);
    }

    private static TorchElement Of<T>(Func<T, float> convert)
        where T : unmanaged => new(Marshal.SizeOf<T>(), (source, target) =>
        {
            ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(source);
            for (int i = 0; i < target.Length; i++)
                target[i] = convert(values[i]);
        });

    private void ReverseElements(Span<byte> bytes)
    {
        switch (Width)
        {
            case 2:
                Span<short> shorts = MemoryMarshal.Cast<byte, short>(bytes);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                Span<int> ints = MemoryMarshal.Cast<byte, int>(bytes);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                Span<long> longs = MemoryMarshal.Cast<byte, long>(bytes);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }
}
