using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>A data set as it was published: its pairs by split, found by the names of its files; none is read yet.</summary>
public sealed class SourceSet
{
    private const int MostNames = 12;

    private readonly List<PairProblem> _problems = [];
    private readonly Dictionary<string, List<SourcePair>> _splits = [];

    private SourceSet(string root, DataSetLayout layout, LabelSpace? space, bool areColours)
    {
        (Root, Layout, Space, AreColours) = (root, layout, space, areColours);
    }

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>How it is laid out; never <see cref="DataSetLayout.Auto"/>.</summary>
    public DataSetLayout Layout { get; }

    /// <summary>What the label ids mean; null for an unlabelled set.</summary>
    public LabelSpace? Space { get; private set; }

    /// <summary>Whether label images hold the space's colours instead of ids.</summary>
    public bool AreColours { get; }

    /// <summary>The pairs of each split, in the natural order of their names; no split is empty.</summary>
    public IReadOnlyDictionary<string, List<SourcePair>> Splits => _splits;

    /// <summary>Images without label and labels without image.</summary>
    public IReadOnlyList<PairProblem> Problems => _problems;

    /// <summary>Finds a data set's files.</summary>
    /// <param name="root">The data set's folder.</param>
    /// <param name="layout">How it is laid out.</param>
    /// <param name="space">The label space, where the layout does not say it; null: as the layout or a manifest says.</param>
    /// <param name="images">A plain set's folder of images below the root; null: as usual.</param>
    /// <param name="labels">A plain set's folder of labels, likewise.</param>
    /// <param name="areColours">Whether the labels of a plain or CARLA set are pictures in the label space's colours.</param>
    /// <exception cref="EdgeSimException">The folder is not laid out so; the message says what was looked for, and where.</exception>
    public static SourceSet Open(string root, DataSetLayout layout = DataSetLayout.Auto, LabelSpace? space = null, string? images = null,
        string? labels = null, bool areColours = false)
    {
        if (!Directory.Exists(root))
            throw new EdgeSimException($"There is no folder '{root}'.", "Give the folder of a data set.");
        if (images is not null || labels is not null)
        {
            LayoutForm own = new(DataSetLayout.Plain, space, [new("train", images ?? "images", "", labels, "")], areColours);
            return own.Fits(root) ? Create(root, own, space) : throw NotFound(root, DataSetLayout.Plain, [own]);
        }
        if (layout is DataSetLayout.Auto or DataSetLayout.Plain && FromManifests(root, space) is { } listed)
            return listed;
        LayoutForm[] forms = [.. DataSetLayouts.Forms(layout, root)];
        LayoutForm form = Array.Find(forms, one => one.Fits(root)) ?? throw NotFound(root, layout, forms);
        return Create(root, form.Space is null ? form with { AreColours = areColours } : form, space);
    }

    private static SourceSet Create(string root, LayoutForm form, LabelSpace? space)
    {
        if (form.Space is not null && space is not null && space != form.Space)
        {
            throw new EdgeSimException($"'{root}' is laid out as {form.Layout}, whose labels are '{form.Space}', not '{space}'.",
                "Leave the label space out, or read it as another layout.");
        }
        bool hasLabels = form.Splits.Any(split => split.Labels is not null);
        SourceSet set = new(root, form.Layout, hasLabels ? form.Space ?? space : null, form.AreColours);
        List<(string Split, string Key, string Image, string? Label)> found = [];
        foreach (SplitFolders split in form.Splits)
            set.Find(split, found);
        if (hasLabels)
            set.Space ??= GuessSpace(root, form.Layout == DataSetLayout.Carla ? found.Select(pair => pair.Label!) : []);
        set.Fill(found);
        return set;
    }

    /// <summary>A folder that this project wrote, or one for each split: the manifests tell everything.</summary>
    private static SourceSet? FromManifests(string root, LabelSpace? space)
    {
        string[] manifests = File.Exists(Path.Combine(root, LabelManifest.FileName))
            ? [root]
            : [.. Folder.Folders(root).Where(folder => File.Exists(Path.Combine(folder, LabelManifest.FileName)))];
        if (manifests.Length == 0)
            return null;
        List<(string Split, string Key, string Image, string? Label)> found = [];
        HashSet<string> spaces = [];
        foreach (string folder in manifests.Order(NaturalOrder.Instance))
        {
            foreach (LabelManifestEntry entry in LabelManifest.Read(Path.Combine(folder, LabelManifest.FileName)))
            {
                string split = folder == root ? "train" : Path.GetFileName(folder);
                found.Add((split, Path.GetFileNameWithoutExtension(entry.Image), Path.Combine(folder, entry.Image),
                    entry.Label is null ? null : Path.Combine(folder, entry.Label)));
                if (entry.Label is not null)
                    spaces.Add(entry.LabelSpace ?? (space ?? GuessSpace(root, [])).Name);
            }
        }
        if (spaces.Count > 1)
        {
            throw new EdgeSimException($"'{root}' has labels in {string.Join(" and ", spaces.Select(space => $"'{space}'"))}.",
                "Prepare the folders one by one.");
        }
        if (spaces.Count == 1 && space is not null && spaces.Single() != space.Name)
        {
            throw new EdgeSimException($"The manifests of '{root}' have labels in '{spaces.Single()}', not '{space}'.",
                "Leave the label space out.");
        }
        SourceSet set = new(root, DataSetLayout.Plain, spaces.Count == 0 ? null : LabelSpaces.ByName(spaces.Single()), areColours: false);
        set.Fill(found);
        return set;
    }

    /// <summary>CARLA's two schemes differ in their numbers alone, so only tags that the old one lacks tell them apart.</summary>
    private static LabelSpace GuessSpace(string root, IEnumerable<string> carlaLabels)
    {
        const int Enough = 20;
        foreach (string label in carlaLabels.Take(Enough))
        {
            try
            {
                if (LabelFile.Read(label).Ids.Max() is > 22 and <= 28)
                    return LabelSpaces.Carla29;
            }
            catch (EdgeSimException)
            {
                // It is told as a bad pair when its turn comes.
            }
        }
        throw new EdgeSimException($"What the label ids in '{root}' mean is not known.",
            $"Name their label space: {string.Join(", ", LabelSpaces.All)} (CARLA: carla23 up to 0.9.13, carla29 from 0.9.14 on).",
            ExitCode.Usage);
    }

    private void Find(SplitFolders split, List<(string Split, string Key, string Image, string? Label)> found)
    {
        Dictionary<string, string> images = Files(split.Images, split.ImageSuffix, isLabel: false);
        if (split.Labels is null)
        {
            found.AddRange(images.OrderBy(image => image.Key, NaturalOrder.Instance)
                .Select(image => (split.Split, image.Key, image.Value, (string?)null)));
            return;
        }
        Dictionary<string, string> labels = Files(split.Labels, split.LabelSuffix, isLabel: true);
        // Runs of one recording lie in folders of their own and may repeat their frames' numbers.
        string prefix = split.Images.Split('/') is [var run, _] && Layout == DataSetLayout.Carla ? run + "/" : "";
        foreach ((string key, string image) in images.OrderBy(image => image.Key, NaturalOrder.Instance))
        {
            if (labels.Remove(key, out string? label))
            {
                found.Add((split.Split, prefix + key, image, label));
                continue;
            }
            _problems.Add(new(PairFault.MissingLabel, image,
                $"it has no label image '{Path.Combine(split.Labels, key + split.LabelSuffix)}.png'"));
        }
        foreach ((string key, string label) in labels.OrderBy(label => label.Key, NaturalOrder.Instance))
        {
            _problems.Add(new(PairFault.MissingImage, label,
                $"it has no image '{Path.Combine(split.Images, key + split.ImageSuffix)}.png' (or .jpg)"));
        }
    }

    /// <summary>A folder's files, its subfolders' too, by what their names share with their partners'.</summary>
    private Dictionary<string, string> Files(string folder, string suffix, bool isLabel)
    {
        string full = Path.Combine(Root, folder);
        Dictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (string path in LayoutForm.Files(Root, folder, suffix, isLabel))
        {
            string key = Path.ChangeExtension(Path.GetRelativePath(full, path), null)[..^suffix.Length];
            if (!files.TryAdd(key, path))
                throw new EdgeSimException($"'{files[key]}' and '{path}' have one name.", "Remove one of the two.");
        }
        return files;
    }

    /// <summary>Names the pairs: by the last part of their paths where that is enough to tell them apart.</summary>
    private void Fill(List<(string Split, string Key, string Image, string? Label)> found)
    {
        bool isShort = found.Select(pair => Path.GetFileName(pair.Key)).Distinct(StringComparer.Ordinal).Count() == found.Count;
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach ((string split, string key, string image, string? label) in found)
        {
            string name = isShort ? Path.GetFileName(key) : key.Replace(Path.DirectorySeparatorChar, '_');
            // Splits have folders of their own, so the same name in two of them is no clash.
            if (!names.Add($"{split}/{name}"))
                throw new EdgeSimException($"Two images of '{Root}' would be called '{name}'.", "Rename one of them.");
            if (!_splits.TryGetValue(split, out List<SourcePair>? pairs))
                _splits.Add(split, pairs = []);
            pairs.Add(new SourcePair(name, image, label));
        }
        if (found.Count == 0 && _problems.Count == 0)
            throw new EdgeSimException($"'{Root}' holds no image.", "PNG, JPEG, BMP and WebP files are read.");
    }

    private static EdgeSimException NotFound(string root, DataSetLayout layout, LayoutForm[] forms)
    {
        IEnumerable<string> wanted = forms.GroupBy(form => form.Layout)
            .Select(group => $"{group.Key}: {string.Join("; or ", group.Select(form => form.Splits[0].ToString()).Distinct().Take(4))}");
        string[] names = [.. Folder.Entries(root).Select(path => Path.GetFileName(path)).Order(NaturalOrder.Instance)];
        string there = names.Length == 0 ? "nothing"
            : string.Join(", ", names.Take(MostNames).Select(name => $"'{name}'")) + (names.Length > MostNames ? ", …" : "");
        string what = layout == DataSetLayout.Auto ? "in no layout that is known" : $"not laid out as {layout}";
        return new EdgeSimException($"'{root}' is {what}. Below it was looked for {string.Join(" | ", wanted)}. It holds {there}.",
            "Give the folder that holds these, or name the folders of images and labels.");
    }
}
