using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>One way in which a data set is published.</summary>
/// <param name="Layout">The layout that it belongs to.</param>
/// <param name="Space">What the label ids mean; null where only the user knows.</param>
/// <param name="Splits">The splits; a form with one split only has none of its own.</param>
/// <param name="AreColours">Whether label images hold the space's colours instead of ids.</param>
internal sealed record LayoutForm(DataSetLayout Layout, LabelSpace? Space, SplitFolders[] Splits, bool AreColours = false)
{
    /// <summary>Whether a folder is laid out so: one split at least has its folders, and files with the right names in them.</summary>
    public bool Fits(string root) => Splits.Any(split => Files(root, split.Images, split.ImageSuffix, isLabel: false).Any()
        && (split.Labels is null || Files(root, split.Labels, split.LabelSuffix, isLabel: true).Any()));

    /// <summary>The files of a split's folder, by their names; of its subfolders too, unless it is the data set's own folder.</summary>
    public static IEnumerable<string> Files(string root, string folder, string suffix, bool isLabel)
    {
        string full = Path.Combine(root, folder);
        SearchOption depth = folder.Length == 0 ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories;
        return Directory.Exists(full)
            ? Folder.Files(full, depth: depth).Where(path => IsWanted(path, suffix, isLabel))
            : [];
    }

    private static bool IsWanted(string path, string suffix, bool isLabel) =>
        (isLabel ? Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase) : ImageFile.HasImageExtension(path))
        && Path.GetFileNameWithoutExtension(path).EndsWith(suffix, StringComparison.Ordinal);
}
