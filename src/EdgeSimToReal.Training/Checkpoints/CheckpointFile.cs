using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Weights;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Checkpoints;

/// <summary>A training's state as one file.</summary>
/// <remarks>
/// The layout is that of safetensors, so that any tool can read the networks; the header's metadata holds the rest, and a SHA-256 of
/// the whole file (of the file with zeros in that place), so that one flipped bit anywhere is found. Tensors go to the disk and come
/// from it in slices: beside the state itself no more memory is taken, and a file may be larger than 2 GB.
/// </remarks>
public static class CheckpointFile
{
    private const string Format = "edgesim-checkpoint";
    private const int Version = 1;
    private const string DigestKey = "sha256";
    private const long SliceBytes = 16 << 20;

    private static readonly byte[] DigestMark = Encoding.ASCII.GetBytes($"\"{DigestKey}\":\"");
    private static readonly byte[] NoDigest = [.. Enumerable.Repeat((byte)'0', 2 * SHA256.HashSizeInBytes)];
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Writes a state, atomically: who reads it, also after a power cut, sees the old file or the new one, never a part.</summary>
    /// <param name="path">The file to create or replace; its folder is created.</param>
    /// <param name="state">The state.</param>
    /// <exception cref="EdgeSimException">The file can't be written; the old one is as it was.</exception>
    public static void Write(string path, TrainingState state)
    {
        // Wide types first: so every tensor is aligned, and the file is the same each time.
        SafetensorsHeader header = SafetensorsHeader.Lay(
            state.Tensors
                .Select(pair => (Name: pair.Key, Type: TensorTypes.Name(pair.Value.dtype), Shape: (IReadOnlyList<long>)pair.Value.shape))
                .OrderByDescending(tensor => SafetensorsEntry.Width(tensor.Type)).ThenBy(tensor => tensor.Name, StringComparer.Ordinal),
            ToMetadata(state));
        byte[] start = header.ToBytes();
        int digestAt = FindDigest(start);
        AtomicFile.Write(path, stream =>
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Write(start);
            foreach (SafetensorsEntry entry in header.Entries)
                ForEachSlice(state.Tensors[entry.Name], bytes => Write(bytes));
            stream.Position = digestAt;
            stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset())));

            void Write(ReadOnlySpan<byte> bytes)
            {
                hash.AppendData(bytes);
                stream.Write(bytes);
            }
        });
    }

    /// <summary>Reads a file, and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The state; the caller disposes of it.</returns>
    /// <exception cref="EdgeSimException">The file is missing, damaged, cut off, of a newer format, or no checkpoint.</exception>
    public static TrainingState Read(string path) => Read(path, keep: true);

    /// <summary>Checks all of a file without keeping its tensors.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The state without its tensors.</returns>
    /// <exception cref="EdgeSimException">The file is missing, damaged, cut off, of a newer format, or no checkpoint.</exception>
    public static TrainingState Verify(string path) => Read(path, keep: false);

    private static TrainingState Read(string path, bool keep)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return Read(stream, path, keep);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't read the checkpoint '{path}': {error.Message.TrimEnd('.')}.",
                null, ExitCode.BadInput, error);
        }
        catch (Exception error) when (error is FormatException or OverflowException or JsonException)
        {
            throw new EdgeSimException($"The checkpoint '{path}' is damaged or cut off: {error.Message.TrimEnd('.')}.",
                null, ExitCode.BadInput, error);
        }
    }

    private static TrainingState Read(FileStream stream, string path, bool keep)
    {
        byte[] start = new byte[SafetensorsHeader.LengthBytes];
        int read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        // A pickle begins with 0x80 and its protocol, which a header's length (with zeros above it) may do too.
        if (start is [(byte)'P', (byte)'K', 3, 4, ..] || (start is [0x80, >= 2 and <= 5, ..] && start.AsSpan(4).ContainsAnyExcept((byte)0)))
            throw Foreign(path, "a PyTorch file");
        int length = SafetensorsHeader.ReadLength(start.AsSpan(0, read), stream.Length);
        Array.Resize(ref start, start.Length + length);
        stream.ReadExactly(start, SafetensorsHeader.LengthBytes, length);
        SafetensorsHeader header = SafetensorsHeader.Parse(start.AsMemory(SafetensorsHeader.LengthBytes), stream.Length - start.Length);
        if (header.Metadata.GetValueOrDefault("format") != Format)
            throw Foreign(path, "a safetensors file");
        int version = int.Parse(Entry("version"), CultureInfo.InvariantCulture);
        if (version > Version)
        {
            throw new EdgeSimException($"The checkpoint '{path}' has format {version}; this program reads up to {Version}.",
                "Use the version of edgesim-train that made it.");
        }
        TrainingState state = new(Entry("kind"), Entry("configuration")) { Source = path };
        try
        {
            FromMetadata(header.Metadata, state);
            string digest = Entry(DigestKey);
            NoDigest.CopyTo(start, FindDigest(start));
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(start);
            if (keep)
                ReadTensors(stream, header, hash, state);
            else
                ReadOn(stream, hash);
            if (Convert.ToHexStringLower(hash.GetHashAndReset()) != digest)
                throw new FormatException("its content isn't what its checksum was made of");
            return state;
        }
        catch
        {
            state.Dispose();
            throw;
        }

        string Entry(string key) => header.Metadata.TryGetValue(key, out string? value) ? value
            : throw new FormatException($"its header lacks '{key}'");
    }

    private static void ReadTensors(FileStream stream, SafetensorsHeader header, IncrementalHash hash, TrainingState state)
    {
        foreach (SafetensorsEntry entry in header.Entries)
        {
            Tensor values = empty([.. entry.Shape], TensorTypes.Type(entry.Type));
            state.Adopt(entry.Name, values);
            ForEachSlice(values, bytes =>
            {
                stream.ReadExactly(bytes);
                hash.AppendData(bytes);
            });
        }
    }

    private static void ReadOn(FileStream stream, IncrementalHash hash)
    {
        byte[] buffer = new byte[1 << 20];
        for (int read; (read = stream.Read(buffer)) > 0;)
            hash.AppendData(buffer.AsSpan(0, read));
    }

    /// <summary>Hands out a tensor's bytes in order: its own memory where it lies on the CPU in order, else copies of slices.</summary>
    private static void ForEachSlice(Tensor tensor, SliceAction action)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor flat = tensor.detach().contiguous().reshape(-1);
        long count = flat.numel(), most = SliceBytes / flat.element_size();
        for (long begin = 0; begin < count; begin += most)
        {
            using Tensor slice = flat.narrow(0, begin, Math.Min(most, count - begin)), here = slice.cpu();
            action(here.bytes);
        }
    }

    private static int FindDigest(byte[] start)
    {
        // In a JSON text a quote within a string is escaped, so the mark occurs once.
        int at = start.AsSpan().IndexOf(DigestMark);
        if (at < 0 || at + DigestMark.Length + NoDigest.Length > start.Length)
            throw new FormatException("its checksum is not where it belongs");
        return at + DigestMark.Length;
    }

    private static Dictionary<string, string> ToMetadata(TrainingState state)
    {
        Dictionary<string, string> metadata = new()
        {
            ["format"] = Format,
            ["version"] = Version.ToString(CultureInfo.InvariantCulture),
            ["kind"] = state.Kind,
            ["step"] = state.Step.ToString(CultureInfo.InvariantCulture),
            ["configuration"] = state.Configuration,
            ["counters"] = JsonSerializer.Serialize(state.Counters, Json),
            ["numbers"] = JsonSerializer.Serialize(state.Numbers, Json),
            ["texts"] = JsonSerializer.Serialize(state.Texts, Json),
            [DigestKey] = Encoding.ASCII.GetString(NoDigest),
        };
        if (state.Score is { } score)
            metadata["score"] = score.ToString("R", CultureInfo.InvariantCulture);
        return metadata;
    }

    private static void FromMetadata(IReadOnlyDictionary<string, string> metadata, TrainingState state)
    {
        state.Step = long.Parse(metadata.GetValueOrDefault("step", ""), CultureInfo.InvariantCulture);
        if (metadata.TryGetValue("score", out string? score))
            state.Score = double.Parse(score, CultureInfo.InvariantCulture);
        Read("counters", state.Counters);
        Read("numbers", state.Numbers);
        Read("texts", state.Texts);

        void Read<T>(string key, Dictionary<string, T> values)
        {
            foreach ((string name, T value) in JsonSerializer.Deserialize<Dictionary<string, T>>(metadata.GetValueOrDefault(key, ""), Json)
                ?? throw new FormatException($"its {key} are empty"))
            {
                values[name] = value;
            }
        }
    }

    private static EdgeSimException Foreign(string path, string what) => new($"'{path}' is {what}, but no checkpoint of a training.",
        "Give a .checkpoint file, or the folder of a training's checkpoints.");

    private delegate void SliceAction(Span<byte> bytes);
}
