namespace EdgeSimToReal.Core.Weights.Torch;

/// <summary>A checkpoint file: a pickled object and the storages it names.</summary>
internal interface ITorchArchive : IDisposable
{
    /// <summary>The pickled object.</summary>
    object? Root { get; }

    /// <summary>Byte order of the storages.</summary>
    bool LittleEndian { get; }

    /// <summary>The bytes of a storage; the file is known to hold them all.</summary>
    /// <param name="storage">A storage that the pickle names.</param>
    /// <exception cref="FormatException">The file lacks it, or it has another size.</exception>
    Stream Open(TorchStorage storage);
}
