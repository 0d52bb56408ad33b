namespace EdgeSimToReal.Core.Weights.Torch;

/// <summary>PyTorch's checkpoints, both formats, as fp32 arrays.</summary>
internal static class TorchCheckpoint
{
    // Tied and expanded tensors may repeat what the file holds, within reason: 4 times its elements, and a million more.
    private const int MaxRepetition = 4;
    private const long FreeValues = 1 << 20;
    private const int ChunkBytes = 1 << 16;

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="stream">The file, seekable.</param>
    /// <param name="format">Which of the two formats it has.</param>
    /// <exception cref="FormatException">It is damaged.</exception>
    /// <exception cref="NotSupportedException">It asks for what a state dictionary doesn't need.</exception>
    public static WeightsFile Read(Stream stream, WeightsFormat format)
    {
        using ITorchArchive archive = format == WeightsFormat.TorchZip ? new TorchZipArchive(stream) : new TorchLegacyArchive(stream);
        StateDictionary found = StateDictionary.Find(archive.Root);
        ILookup<TorchStorage, KeyValuePair<string, TorchTensor>> users = found.Tensors.ToLookup(entry => entry.Value.Storage);
        CheckVolume(users, stream.Length);
        Dictionary<string, WeightTensor> tensors = new(found.Tensors.Count, StringComparer.Ordinal);
        foreach (IGrouping<TorchStorage, KeyValuePair<string, TorchTensor>> storage in users)
        {
            float[] values = Load(archive, storage.Key);
            foreach ((string name, TorchTensor tensor) in storage)
                tensors[name] = tensor.Gather(values);
        }
        return new WeightsFile(format, tensors, found.Notes, found.Container, found.Skipped);
    }

    private static void CheckVolume(ILookup<TorchStorage, KeyValuePair<string, TorchTensor>> users, long fileBytes)
    {
        Int128 stored = 0, bytes = 0, values = 0;
        foreach (IGrouping<TorchStorage, KeyValuePair<string, TorchTensor>> storage in users)
        {
            stored += storage.Key.Count;
            bytes += storage.Key.Bytes;
            foreach ((_, TorchTensor tensor) in storage)
                values += tensor.Count;
            if (storage.Key.Count > Array.MaxLength)
                throw new NotSupportedException($"the storage '{Printable.Text(storage.Key.Key)}' has {storage.Key.Count} elements");
        }
        if (bytes > fileBytes)
            throw new FormatException($"its storages claim {bytes} bytes of the file's {fileBytes}");
        if (values > (stored * MaxRepetition) + FreeValues)
            throw new NotSupportedException($"its tensors claim {values} values of the {stored} that are stored");
    }

    private static float[] Load(ITorchArchive archive, TorchStorage storage)
    {
        using Stream? own = archive is TorchZipArchive ? archive.Open(storage) : null;
        Stream source = own ?? archive.Open(storage);
        float[] values = new float[storage.Count];
        byte[] chunk = new byte[(int)Math.Min(ChunkBytes, storage.Bytes)];
        for (int done = 0; done < values.Length;)
        {
            int count = Math.Min(ChunkBytes / storage.Element.Width, values.Length - done);
            Span<byte> bytes = chunk.AsSpan(0, count * storage.Element.Width);
            source.ReadExactly(bytes);
            storage.Element.Convert(bytes, values.AsSpan(done, count), archive.LittleEndian);
            done += count;
        }
        return values;
    }
}
