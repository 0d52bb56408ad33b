using System.Buffers.Binary;
using EdgeSimToReal.Core.Weights.Torch;

namespace EdgeSimToReal.Core.Weights;

/// <summary>A weights file of any known format: safetensors, or a PyTorch state dictionary (.pth, .pt) in either format.</summary>
/// <remarks>
/// A PyTorch checkpoint is a program for a pickle machine. Nothing of it is ever run: tensors, numbers, texts and plain containers
/// are read, every other instruction or global is refused by name, and a file can't make the reader take much more memory than the
/// file's own size warrants.
/// </remarks>
public sealed class WeightsFile
{
    internal WeightsFile(WeightsFormat format, IReadOnlyDictionary<string, WeightTensor> tensors,
        IReadOnlyDictionary<string, string> metadata, string container, IReadOnlyList<string> skipped)
    {
        Format = format;
        Tensors = tensors;
        Metadata = metadata;
        Container = container;
        Skipped = skipped;
    }

    /// <summary>The file's format, found by its content.</summary>
    public WeightsFormat Format { get; }

    /// <summary>Tensors by name, converted to fp32.</summary>
    public IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    /// <summary>A safetensors header's metadata, or the numbers and short texts at a checkpoint's root, e.g. "best_score".</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Where in a checkpoint the tensors were found, e.g. "model_state"; empty at its root.</summary>
    public string Container { get; }

    /// <summary>Names beside the tensors that hold no tensor and were passed over.</summary>
    public IReadOnlyList<string> Skipped { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="EdgeSimException">The file is missing, damaged, of no known format, or asks for more than tensors.</exception>
    public static WeightsFile Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Read(stream, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't read the weights file '{path}': {error.Message.TrimEnd('.')}.",
                null, ExitCode.BadInput, error);
        }
    }

    /// <summary>Reads a file's content.</summary>
    /// <param name="stream">The content, seekable.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="EdgeSimException">The content is damaged, of no known format, or asks for more than tensors.</exception>
    /// <exception cref="IOException">The stream can't be read.</exception>
    public static WeightsFile Read(Stream stream, string path)
    {
        try
        {
            WeightsFormat format = Recognise(stream, path);
            return format == WeightsFormat.Safetensors ? ReadSafetensors(stream, path) : TorchCheckpoint.Read(stream, format);
        }
        catch (Exception error) when (error is FormatException or InvalidDataException or EndOfStreamException)
        {
            throw new EdgeSimException($"'{path}' is not a valid PyTorch checkpoint: {error.Message.TrimEnd('.')}.",
                "Copy or save it again.", ExitCode.BadInput, error);
        }
        catch (NotSupportedException error)
        {
            throw new EdgeSimException($"The PyTorch checkpoint '{path}' is refused: {error.Message.TrimEnd('.')}; nothing of it was run.",
                "If you trust it, load it in Python and save the network's state_dict() alone, with torch.save or as safetensors.",
                ExitCode.BadInput, error);
        }
    }

    private static WeightsFormat Recognise(Stream stream, string path)
    {
        byte[] start = new byte[9];
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        // A safetensors file begins with its header's length, whose bytes might spell one of the other signatures.
        long header = BinaryPrimitives.ReadInt64LittleEndian(start);
        if (header > 0 && header <= stream.Length - 8 && start[8] == '{')
            return WeightsFormat.Safetensors;
        if (length >= 4 && start.AsSpan(0, 4).SequenceEqual("PK\x03\x04"u8))
            return WeightsFormat.TorchZip;
        if (length >= 2 && start[0] == (byte)PickleOpcode.Proto)
            return WeightsFormat.TorchLegacy;
        if (Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase))
            return WeightsFormat.Safetensors; // damaged: its own reader says how
        throw new EdgeSimException($"'{path}' is neither a safetensors file nor a PyTorch checkpoint.",
            "Give a .safetensors, .pth or .pt file.");
    }

    private static WeightsFile ReadSafetensors(Stream stream, string path)
    {
        if (stream.Length > Array.MaxLength)
            throw new EdgeSimException($"The weights file '{path}' has {stream.Length} bytes; up to {Array.MaxLength} are read.");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        SafetensorsFile file = SafetensorsFile.Parse(bytes, path);
        return new WeightsFile(WeightsFormat.Safetensors, file.Tensors, file.Metadata, "", []);
    }
}
