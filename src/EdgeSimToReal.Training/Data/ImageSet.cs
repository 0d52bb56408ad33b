using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging;

namespace EdgeSimToReal.Training.Data;

/// <summary>The images of one data set, with label images in one known label space where it has them.</summary>
public sealed class ImageSet
{
    private ImageSet(ImageSetOptions options, string name, LabelSpace? space, IReadOnlyList<TrainingItem> items)
    {
        (Name, Space, Items) = (name, space, items);
        (Licence, Weight) = (options.Licence, options.Weight);
    }

    /// <summary>The set's name, for records and messages.</summary>
    public string Name { get; }

    /// <summary>The terms of use.</summary>
    public string Licence { get; }

    /// <summary>The label files' space; null: no image is labelled.</summary>
    public LabelSpace? Space { get; }

    /// <summary>The images, in the natural order of their names or the manifest's order; at least one.</summary>
    public IReadOnlyList<TrainingItem> Items { get; }

    /// <summary>The set's share of the draws, relative to the other sets' weights; above 0.</summary>
    public double Weight { get; }

    /// <summary>Finds a set's files; none is read yet.</summary>
    /// <param name="options">Where they lie.</param>
    /// <exception cref="EdgeSimException">
    /// A folder is missing or holds no image, no label belongs to an image, the label space is unknown, or the weight is not above 0.
    /// </exception>
    public static ImageSet Open(ImageSetOptions options)
    {
        string name = options.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Path)));
        if (!double.IsFinite(options.Weight) || options.Weight <= 0)
        {
            throw new EdgeSimException(FormattableString.Invariant($"The image set '{name}' has the weight {options.Weight}."),
                "Give a number above 0, or leave the set out.");
        }
        if (!Directory.Exists(options.Path))
            throw new EdgeSimException($"There is no folder '{options.Path}' for the image set '{name}'.", "Give the path of a folder.");
        string? spaceName = options.Space;
        string manifest = Path.Combine(options.Path, LabelManifest.FileName);
        bool byManifest = options.Images is null && options.Labels is null && File.Exists(manifest);
        IReadOnlyList<TrainingItem> items = byManifest ? FromManifest(manifest, ref spaceName) : FromFolders(options);
        if (items.Count == 0)
        {
            throw new EdgeSimException($"The image set '{name}' in '{options.Path}' holds no image.",
                "PNG, JPEG, BMP and WebP files are read.");
        }
        if (spaceName is null)
            return new ImageSet(options, name, null, items);
        LabelSpace space = LabelSpaces.ByName(spaceName);
        if (items.All(item => item.Label is null))
        {
            throw new EdgeSimException($"No image of the set '{name}' in '{options.Path}' has a label image, though its label space is "
                + $"said to be '{space}'.", "Labels are PNG files of the images' names; leave the space out for an unlabelled set.");
        }
        return new ImageSet(options, name, space, items);
    }

    /// <summary>Counts the set's labelled pixels by class; reads every label image.</summary>
    /// <param name="target">The space that labels are mapped to.</param>
    /// <returns>One count a class of the target; all 0 for an unlabelled set.</returns>
    /// <exception cref="EdgeSimException">A label image can't be read, or an id is none of the set's space.</exception>
    public long[] CountLabels(LabelSpace target)
    {
        long[] counts = new long[256];
        ImageReader reader = new(this, target);
        foreach (TrainingItem item in Items.Where(item => Space is not null && item.Label is not null))
        {
            foreach (byte label in reader.ReadLabels(item.Label!))
                counts[label]++;
        }
        return counts[..target.Count];
    }

    private static TrainingItem[] FromManifest(string path, ref string? space)
    {
        string folder = Path.GetDirectoryName(path)!;
        IReadOnlyList<LabelManifestEntry> entries = LabelManifest.Read(path);
        string[] spaces = [.. entries.Where(entry => entry.Label is not null).Select(entry => entry.LabelSpace).OfType<string>().Distinct()];
        if (spaces.Length > 1 || (space is not null && spaces.Length == 1 && spaces[0] != space))
        {
            throw new EdgeSimException($"The manifest '{path}' has labels in {string.Join(" and ", spaces.Select(s => $"'{s}'"))}"
                + $"{(space is null ? "" : $", and the set is said to be in '{space}'")}.", "A set's labels must share one space.");
        }
        space ??= spaces.FirstOrDefault();
        bool labelled = space is not null;
        return [.. entries.Select(entry => new TrainingItem(Path.Combine(folder, entry.Image),
            labelled && entry.Label is { } label ? Path.Combine(folder, label) : null))];
    }

    private static TrainingItem[] FromFolders(ImageSetOptions options)
    {
        string images = Path.Combine(options.Path, options.Images ?? "images");
        if (options.Images is null && !Directory.Exists(images))
            images = options.Path;
        Dictionary<string, string> imageFiles = Files(images, ImageFile.HasImageExtension);
        Dictionary<string, string> labelFiles = [];
        if (options.Space is not null)
        {
            labelFiles = Files(Path.Combine(options.Path, options.Labels ?? "labels"),
                path => Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase));
        }
        return [.. imageFiles.OrderBy(file => file.Key, NaturalOrder.Instance)
            .Select(file => new TrainingItem(file.Value, labelFiles.GetValueOrDefault(file.Key)))];
    }

    /// <summary>A folder's files, subfolders' too, by relative path without extension.</summary>
    private static Dictionary<string, string> Files(string folder, Func<string, bool> isWanted)
    {
        Dictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (string path in Folder.Files(folder, depth: SearchOption.AllDirectories).Where(isWanted))
        {
            string key = Path.ChangeExtension(Path.GetRelativePath(folder, path), null);
            if (!files.TryAdd(key, path))
                throw new EdgeSimException($"'{files[key]}' and '{path}' have one name.", "Remove one of the two.");
        }
        return files;
    }
}
