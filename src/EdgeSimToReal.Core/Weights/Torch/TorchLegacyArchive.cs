using System.Buffers.Binary;
using System.Numerics;

namespace EdgeSimToReal.Core.Weights.Torch;

/// <summary>The legacy format: pickles of magic number, version, system, object and storage keys, then the storages.</summary>
/// <remarks>Each storage is its number of elements (8 bytes) and its bytes, in the order of the keys.</remarks>
internal sealed class TorchLegacyArchive : ITorchArchive
{
    private const long Version = 1001;
    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356"); // 0x1950a86a20f9469cfc6c

    private readonly Stream _stream;
    private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);

    /// <summary>Reads all pickles and finds the storages.</summary>
    /// <param name="stream">The file, seekable; stays open.</param>
    public TorchLegacyArchive(Stream stream)
    {
        _stream = stream;
        PickleObjects objects = new();
        if (Next() is not BigInteger magic || magic != Magic)
            throw new FormatException("it does not begin as torch.save writes it");
        if (Next() is not Version)
            throw new FormatException("it has another version of the legacy format");
        if (Next() is not PickleDictionary system)
            throw new FormatException("it does not describe its system");
        LittleEndian = !system.Entries.Any(entry => entry is { Key: "little_endian", Value: false });
        Root = Next();
        if (Next() is not List<object?> keys)
            throw new FormatException("it does not list its storages");
        foreach (object? key in keys)
        {
            Locate(key is string name && objects.Storages.TryGetValue(name, out TorchStorage? storage) ? storage
                : throw new FormatException($"it has a storage '{Printable.Text($"{key}")}' that no tensor names"));
        }

        object? Next() => new PickleReader(stream, objects).Read();
    }

    /// <inheritdoc/>
    public object? Root { get; }

    /// <inheritdoc/>
    public bool LittleEndian { get; }

    /// <inheritdoc/>
    public Stream Open(TorchStorage storage)
    {
        if (!_offsets.TryGetValue(storage.Key, out long offset))
            throw new FormatException($"it has no storage '{Printable.Text(storage.Key)}'");
        _stream.Position = offset;
        return _stream;
    }

    /// <summary>Nothing: the stream is the caller's.</summary>
    public void Dispose()
    {
    }

    private void Locate(TorchStorage storage)
    {
        Span<byte> length = stackalloc byte[8];
        _stream.ReadExactly(length);
        long count = LittleEndian ? BinaryPrimitives.ReadInt64LittleEndian(length) : BinaryPrimitives.ReadInt64BigEndian(length);
        if (count != storage.Count)
            throw new FormatException($"the storage '{Printable.Text(storage.Key)}' has {count} elements instead of {storage.Count}");
        if (!_offsets.TryAdd(storage.Key, _stream.Position))
            throw new FormatException($"the storage '{Printable.Text(storage.Key)}' occurs twice");
        if (storage.Bytes > _stream.Length - _stream.Position)
            throw new FormatException($"it ends within the storage '{Printable.Text(storage.Key)}'");
        _stream.Position += storage.Bytes;
    }
}
