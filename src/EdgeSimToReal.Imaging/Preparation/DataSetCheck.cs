using System.Globalization;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging.Sinks;

namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>Checks that labelled folders hold what their manifests say: every file whole, labels of their image's size and space.</summary>
public static class DataSetCheck
{
    /// <summary>Reads every file of a folder, or of its subfolders that have a manifest.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellation">Ends the check early.</param>
    /// <exception cref="EdgeSimException">No manifest is there, or one can't be read.</exception>
    public static CheckReport Run(string folder, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(folder))
            throw new EdgeSimException($"There is no folder '{folder}'.", "Give a labelled folder.");
        string[] manifests = [.. Folder.Files(folder, LabelManifest.FileName, SearchOption.AllDirectories).Order(NaturalOrder.Instance)];
        if (manifests.Length == 0)
        {
            throw new EdgeSimException($"Neither '{folder}' nor a folder in it has a {LabelManifest.FileName}.",
                "Give a folder that was collected, prepared or translated with labels.");
        }
        List<PairProblem> problems = [];
        List<string> unlisted = [];
        int frames = 0;
        foreach (string manifest in manifests)
        {
            string home = Path.GetDirectoryName(manifest)!;
            HashSet<string> listed = new(StringComparer.Ordinal);
            foreach (LabelManifestEntry entry in LabelManifest.Read(manifest))
            {
                if (cancellation.IsCancellationRequested)
                    break;
                frames++;
                foreach (string file in new[] { entry.Image, entry.Label, entry.Depth, entry.Instances }.OfType<string>())
                {
                    if (!listed.Add(file))
                        problems.Add(new(PairFault.Unreadable, Path.Combine(home, file), "two lines of the manifest name it"));
                }
                if (Check(home, entry) is { } problem)
                    problems.Add(problem);
            }
            foreach (string part in new[] { LabelledFolderSink.Images, LabelledFolderSink.Labels, "depth", "instances" })
            {
                string path = Path.Combine(home, part);
                if (Directory.Exists(path))
                    unlisted.AddRange(Folder.Files(path).Where(file => !listed.Contains($"{part}/{Path.GetFileName(file)}")));
            }
        }
        return new CheckReport(manifests.Length, frames, problems, unlisted);
    }

    /// <summary>
    /// The ids of an image that a space does not have, with their numbers of pixels; <see cref="LabelSpace.Ignore"/> is known.
    /// </summary>
    internal static Dictionary<int, long> UnknownIds(ReadOnlySpan<byte> ids, LabelSpace space)
    {
        Span<long> counts = stackalloc long[256];
        counts.Clear();
        foreach (byte id in ids)
            counts[id]++;
        Dictionary<int, long> unknown = [];
        for (int id = 0; id < LabelSpace.Ignore; id++)
        {
            if (counts[id] > 0 && space.Find((byte)id) is null)
                unknown.Add(id, counts[id]);
        }
        return unknown;
    }

    private static PairProblem? Check(string home, LabelManifestEntry entry)
    {
        string path = Path.Combine(home, entry.Image);
        try
        {
            Frame image = ImageFile.Read(path);
            foreach (string other in new[] { entry.Depth, entry.Instances }.OfType<string>())
            {
                if (SizeOf(Path.Combine(home, other)) != (image.Width, image.Height))
                    return new(PairFault.SizeMismatch, path, $"'{other}' has another size");
            }
            if (entry.Label is null)
                return null;
            if (entry.LabelSpace is null)
                return new(PairFault.UnknownLabel, path, "its line names no label space");
            (int width, int height, byte[] ids) = LabelFile.Read(Path.Combine(home, entry.Label));
            if ((width, height) != (image.Width, image.Height))
            {
                return new(PairFault.SizeMismatch, path,
                    $"it has {image.Width}x{image.Height} pixels, its label image {width}x{height}");
            }
            Dictionary<int, long> unknown = UnknownIds(ids, LabelSpaces.ByName(entry.LabelSpace));
            return unknown.Count == 0 ? null : new(PairFault.UnknownLabel, path, string.Create(CultureInfo.InvariantCulture,
                $"its label image has the id {unknown.First().Key} on {unknown.First().Value} pixels: no label of '{entry.LabelSpace}'"));
        }
        catch (EdgeSimException error)
        {
            bool isMissing = !File.Exists(path) || (entry.Label is not null && !File.Exists(Path.Combine(home, entry.Label)));
            PairFault fault = !isMissing ? PairFault.Unreadable : File.Exists(path) ? PairFault.MissingLabel : PairFault.MissingImage;
            return new(fault, path, error.Message.TrimEnd('.'));
        }
    }

    private static (int Width, int Height) SizeOf(string path)
    {
        Frame image = ImageFile.Read(path);
        return (image.Width, image.Height);
    }
}
