using System.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging;

namespace EdgeSimToReal.CommandLine;

/// <summary>What commands that write bundles ask a person for.</summary>
public static class BundleArguments
{
    /// <summary>`--texture NAME=PHOTO`, to be read by <see cref="ReadTextures"/>.</summary>
    public static Option<string[]> Textures() => new("--texture", "-t")
    {
        Description = "NAME=PHOTO: a texture that the bundle carries as a code (the photograph itself stays out). May be repeated.",
    };

    /// <summary>`--fp16-weights`: weights in half the bytes.</summary>
    public static Option<bool> HalfWeights() => new("--fp16-weights")
    {
        Description = "Store large weights in 16 bits: half the bytes; the networks compute in fp32 as before, with weights rounded to 0.05 %.",
    };

    /// <summary>Reads the photographs of "NAME=PHOTO" texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <returns>Photographs by name.</returns>
    /// <exception cref="EdgeSimException">A text has another form, a name comes twice, or a photograph can't be read.</exception>
    public static Dictionary<string, Frame> ReadTextures(IEnumerable<string> texts)
    {
        Dictionary<string, Frame> photos = new(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            string[] parts = text.Split('=', 2);
            if (parts.Length != 2 || parts[0].Length == 0 || parts[0].Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
            {
                throw new EdgeSimException($"'{text}' names no texture.", "Write it as NAME=PHOTO; names have letters, digits and hyphens.",
                    ExitCode.Usage);
            }
            if (!photos.TryAdd(parts[0], ImageFile.Read(parts[1])))
                throw new EdgeSimException($"Two textures have the name '{parts[0]}'.", "Give each its own name.", ExitCode.Usage);
        }
        return photos;
    }

    /// <summary>Reads a model card.</summary>
    /// <param name="path">A Markdown file.</param>
    /// <exception cref="EdgeSimException">It can't be read.</exception>
    public static string ReadCard(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't read the model card '{path}': {error.Message.TrimEnd('.')}.", null, ExitCode.BadInput,
                error);
        }
    }
}
