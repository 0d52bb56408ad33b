using System.IO.Compression;

namespace EdgeSimToReal.Core.Weights.Torch;

/// <summary>The zip format (PyTorch 1.6 and later): NAME/data.pkl, NAME/data/KEY, NAME/byteorder; all stored, none compressed.</summary>
/// <remarks>
/// Nothing is unpacked to disk. Entries that are compressed, overlap or have odd names are refused: no honest checkpoint has any,
/// and without them no file can claim more bytes than it has.
/// </remarks>
internal sealed class TorchZipArchive : ITorchArchive
{
    private const int MaxEntries = 200_000;

    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>Reads the directory and the pickle.</summary>
    /// <param name="stream">The file, seekable; stays open.</param>
    public TorchZipArchive(Stream stream)
    {
        _zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        string? folder = null;
        long total = 0;
        if (_zip.Entries.Count > MaxEntries)
            throw new NotSupportedException($"it has more than {MaxEntries} entries");
        foreach (ZipArchiveEntry entry in _zip.Entries)
        {
            string[] parts = entry.FullName.Split('/');
            if (parts.Length < 2 || parts.Any(part => part is "" or "." or "..") || parts[0] is [_, ':']
                || entry.FullName.Any(c => char.IsControl(c) || c == '\\'))
            {
                throw new NotSupportedException($"it has an entry named '{Printable.Text(entry.FullName)}'");
            }
            if ((folder ??= parts[0]) != parts[0])
                throw new NotSupportedException($"it has two folders, '{Printable.Text(folder)}' and '{Printable.Text(parts[0])}'");
            if (entry.Length != entry.CompressedLength || entry.IsEncrypted)
                throw new NotSupportedException($"its entry '{Printable.Text(entry.FullName)}' is compressed or encrypted");
            total += entry.Length;
            if (entry.Length < 0 || total > stream.Length)
                throw new FormatException("its entries overlap");
            if (!_entries.TryAdd(entry.FullName[(folder.Length + 1)..], entry))
                throw new FormatException($"its entry '{Printable.Text(entry.FullName)}' occurs twice");
        }
        if (_entries.ContainsKey("constants.pkl"))
            throw new NotSupportedException("it is a TorchScript program, not a state dictionary");
        LittleEndian = !_entries.ContainsKey("byteorder") || Text("byteorder") switch
        {
            "little" => true,
            "big" => false,
            var order => throw new FormatException($"its byte order is '{Printable.Text(order)}'"),
        };
        using MemoryStream pickle = new(Bytes("data.pkl", PickleReader.MaxBytes));
        Root = new PickleReader(pickle, new PickleObjects()).Read();
    }

    /// <inheritdoc/>
    public object? Root { get; }

    /// <inheritdoc/>
    public bool LittleEndian { get; }

    /// <inheritdoc/>
    public Stream Open(TorchStorage storage)
    {
        ZipArchiveEntry entry = Entry($"data/{storage.Key}");
        return entry.Length == storage.Bytes ? entry.Open() : throw new FormatException(
            $"the storage '{Printable.Text(storage.Key)}' has {entry.Length} bytes instead of {storage.Bytes}");
    }

    /// <inheritdoc/>
    public void Dispose() => _zip.Dispose();

    private ZipArchiveEntry Entry(string name) =>
        _entries.GetValueOrDefault(name) ?? throw new FormatException($"it has no entry '{Printable.Text(name)}'");

    private string Text(string name) => System.Text.Encoding.ASCII.GetString(Bytes(name, 64)).Trim();

    private byte[] Bytes(string name, int limit)
    {
        ZipArchiveEntry entry = Entry(name);
        if (entry.Length > limit)
            throw new NotSupportedException($"its entry '{name}' has {entry.Length} bytes");
        byte[] bytes = new byte[entry.Length];
        using Stream content = entry.Open();
        content.ReadExactly(bytes);
        return bytes;
    }
}
