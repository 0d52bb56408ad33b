using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Imaging;

/// <summary>The list of a labelled folder's frames: "manifest.jsonl", one JSON object a line.</summary>
public static class LabelManifest
{
    /// <summary>The manifest's file name.</summary>
    public const string FileName = "manifest.jsonl";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads a manifest. A last line without its end (a run that was killed) is left out.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="EdgeSimException">The file can't be read, or a line is no entry.</exception>
    public static IReadOnlyList<LabelManifestEntry> Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't read the manifest '{path}': {error.Message.TrimEnd('.')}.", null, ExitCode.BadInput, error);
        }
        List<LabelManifestEntry> entries = [];
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
                continue;
            bool isTorn = i == lines.Length - 1;
            try
            {
                LabelManifestEntry? entry = JsonSerializer.Deserialize<LabelManifestEntry>(lines[i], Options);
                if (string.IsNullOrEmpty(entry?.Image))
                    throw new JsonException("\"image\" is missing");
                entries.Add(entry);
            }
            catch (JsonException) when (isTorn)
            {
                break;
            }
            catch (JsonException error)
            {
                throw new EdgeSimException($"Line {i + 1} of the manifest '{path}' is no entry: {error.Message.TrimEnd('.')}.",
                    "Each line must be one JSON object with at least \"image\".", ExitCode.BadInput, error);
            }
        }
        return entries;
    }

    /// <summary>One entry as a line, with its end.</summary>
    internal static byte[] ToLine(LabelManifestEntry entry) => [.. JsonSerializer.SerializeToUtf8Bytes(entry, Options), (byte)'\n'];
}
