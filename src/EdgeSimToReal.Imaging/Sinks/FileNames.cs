using System.Globalization;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Imaging.Sinks;

/// <summary>Names for the files that are made from frames: the frame's own name, else its number; never one name twice.</summary>
internal sealed class FileNames
{
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>Takes a name as used.</summary>
    public void Reserve(string name) => _used.Add(name);

    /// <summary>A name without extension that no earlier frame has.</summary>
    public string Next(Frame frame)
    {
        string name = frame.Name is { } given ? Clean(given) : "";
        if (name.Length == 0)
            name = frame.Id.ToString("D6", CultureInfo.InvariantCulture);
        string unique = name;
        for (int i = 2; !_used.Add(unique); i++)
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");
        return unique;
    }

    /// <summary>A name can't leave the folder, hide, or end as a temporary file does.</summary>
    private static string Clean(string name) =>
        string.Concat(name.Select(c => c is '/' or '\\' or ':' || char.IsControl(c) ? '_' : c)).TrimStart('.').Trim();
}
