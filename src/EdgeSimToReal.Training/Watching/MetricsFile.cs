using System.Buffers;
using System.Text.Json;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Training.Watching;

/// <summary>`metrics.jsonl`: one JSON object a line, in the order of the steps, no step twice.</summary>
/// <remarks>
/// The keys "step", "images", "seconds", "imagesPerSecond" and "waiting" come first, then the scalars by their own names. Every line is
/// handed to the system as soon as it is written, so a killed program loses none.
/// </remarks>
public sealed class MetricsFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly ArrayBufferWriter<byte> _buffer = new();

    private MetricsFile(FileStream stream) => _stream = stream;

    /// <summary>Opens the file to go on after a step: lines of later steps, and a line that was cut short, are taken away.</summary>
    /// <param name="path">The file; it is created where there is none.</param>
    /// <param name="step">The last step that stays; 0 empties the file.</param>
    /// <exception cref="EdgeSimException">The file can't be written.</exception>
    public static MetricsFile Open(string path, long step)
    {
        return Guarded(path, () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            FileStream stream = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1 << 16);
            try
            {
                stream.SetLength(EndOf(stream, step));
                stream.Position = stream.Length;
                return new MetricsFile(stream);
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        });
    }

    /// <summary>Adds a line.</summary>
    /// <param name="line">Its step is later than all before.</param>
    /// <exception cref="EdgeSimException">The file can't be written.</exception>
    public void Write(MetricsLine line)
    {
        _buffer.ResetWrittenCount();
        using (Utf8JsonWriter json = new(_buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("step", line.Step);
            json.WriteNumber("images", line.Images);
            json.WriteNumber("seconds", Math.Round(line.Seconds, 3));
            json.WriteNumber("imagesPerSecond", Math.Round(line.ImagesPerSecond, 3));
            json.WriteNumber("waiting", Math.Round(line.Waiting, 4));
            foreach ((string name, double value) in line.Scalars)
            {
                // JSON has no NaN, which the score of a class that a validation set lacks may be.
                if (double.IsFinite(value))
                    json.WriteNumber(name, value);
                else
                    json.WriteNull(name);
            }
            json.WriteEndObject();
        }
        _buffer.Write("\n"u8);
        Guarded(_stream.Name, () =>
        {
            _stream.Write(_buffer.WrittenSpan);
            _stream.Flush();
            return true;
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    // The offset behind the last whole line whose step is not later than the given one.
    private static long EndOf(FileStream stream, long step)
    {
        long end = 0;
        using StreamReader reader = new(stream, leaveOpen: true);
        while (reader.ReadLine() is { } line && StepOf(line) is { } found && found <= step)
        {
            long next = end + System.Text.Encoding.UTF8.GetByteCount(line) + 1;
            if (next > stream.Length)
                break; // Without its line feed it may have been cut in the middle of a number.
            end = next;
        }
        return end;
    }

    private static long? StepOf(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("step", out JsonElement step)
                && step.TryGetInt64(out long value) ? value : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static T Guarded<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't write '{path}': {error.Message.TrimEnd('.')}.",
                "Check the free space and the permissions of that folder.", ExitCode.Output, error);
        }
    }
}
