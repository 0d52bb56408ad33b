using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Imaging.Sources;

/// <summary>The images of a folder in natural order, with their labels where it has them.</summary>
/// <remarks>
/// Three forms: a folder (or a "*.jsonl" file) with a manifest, see <see cref="LabelManifest"/>; a folder with "images" and, of the
/// same names, "labels"; a folder of images. Every file is looked for when the source is opened, so that a missing label is found
/// before any output begins. Images may differ in size.
/// </remarks>
public sealed class ImageFolderSource : IFrameSource
{
    private readonly string _path;
    private readonly FramePool _pool = new();
    private readonly List<Item> _items;
    private int _next;

    /// <summary>Opens a folder or manifest.</summary>
    /// <param name="path">The folder, or the manifest file.</param>
    /// <param name="labelSpace">The space of the labels; needed where there are labels and no manifest names it.</param>
    /// <param name="limit">The most images that are given, spread evenly over the folder; 0: all.</param>
    /// <exception cref="EdgeSimException">Nothing is there, a file is missing, or the label space is unknown.</exception>
    public ImageFolderSource(string path, LabelSpace? labelSpace = null, int limit = 0)
    {
        _path = path;
        if (File.Exists(path) && Path.GetExtension(path) == ".jsonl")
            _items = FromManifest(path, labelSpace);
        else if (!Directory.Exists(path))
            throw new EdgeSimException($"There is no folder '{path}'.", "Give a folder of images, or a manifest (.jsonl).");
        else if (File.Exists(Path.Combine(path, LabelManifest.FileName)))
            _items = FromManifest(Path.Combine(path, LabelManifest.FileName), labelSpace);
        else
            _items = FromFolder(path, labelSpace);
        if (_items.Count == 0)
        {
            throw new EdgeSimException($"'{path}' holds no images.",
                "PNG, JPEG, BMP and WebP files are read, from it or its folder \"images\".");
        }
        if (limit > 0)
            _items = [.. EvenlySpaced.Indices(limit, _items.Count).Select(i => _items[i])];
        HasLabels = _items.Exists(item => item.Label is not null);
        Description = $"{_items.Count} {(HasLabels ? "labelled images" : "images")} of '{path}'";
    }

    /// <summary>Whether frames carry labels.</summary>
    public bool HasLabels { get; }

    /// <summary>Refuses a folder without labels.</summary>
    /// <param name="purpose">What they are for, for the message: "to compare with".</param>
    /// <exception cref="EdgeSimException">It has none.</exception>
    public void RequireLabels(string purpose)
    {
        if (!HasLabels)
        {
            throw new EdgeSimException($"'{_path}' has no labels {purpose}.",
                "Give a folder with \"images\" and \"labels\", or one with a manifest.");
        }
    }

    /// <summary>The files that are read, in order: each image, then its label.</summary>
    public IEnumerable<string> Files => FilesOf(_items.Count);

    /// <summary>The files of the first frames, in order: each image, then its label.</summary>
    /// <param name="frames">How many frames at most.</param>
    public IEnumerable<string> FilesOf(int frames) =>
        _items.Take(frames).SelectMany(item => item.Label is null ? new[] { item.Image } : [item.Image, item.Label]);

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public double NominalRate => 0;

    /// <inheritdoc/>
    public long? FrameCount => _items.Count;

    /// <inheritdoc/>
    public bool IsLive => false;

    /// <inheritdoc/>
    public FrameDrops Drops => default;

    /// <inheritdoc/>
    public Frame? Take(CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested || _next == _items.Count)
            return null;
        Item item = _items[_next];
        Frame frame = _pool.Rent();
        long begin = FrameStamps.Now;
        ImageFile.Read(item.Image, frame, withTags: item.Label is not null);
        if (item.Label is not null)
            LabelFile.Read(item.Label, frame);
        frame.TagSpace = item.Space;
        frame.Id = item.Entry?.Frame ?? (ulong)_next;
        frame.SimulatedTime = item.Entry?.Time ?? double.NaN;
        frame.SensorPose = item.Entry?.Pose ?? default;
        long end = FrameStamps.Now;
        frame.Stamps = new FrameStamps { FirstByte = begin, LastByte = end, Taken = end };
        _next++;
        return frame;
    }

    /// <inheritdoc/>
    public void Return(Frame frame) => _pool.Return(frame);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Files are open only while a frame is read.
    }

    private static List<Item> FromManifest(string path, LabelSpace? labelSpace)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        List<Item> items = [];
        foreach (LabelManifestEntry entry in LabelManifest.Read(path))
        {
            LabelSpace? space = entry.LabelSpace is null ? labelSpace : LabelSpaces.ByName(entry.LabelSpace);
            string? label = entry.Label is null ? null : RequireFile(Path.Combine(folder, entry.Label), path);
            if (label is not null && space is null)
                throw NoLabelSpace(path);
            items.Add(new Item(RequireFile(Path.Combine(folder, entry.Image), path), label, label is null ? null : space, entry));
        }
        return items;
    }

    private static List<Item> FromFolder(string path, LabelSpace? labelSpace)
    {
        string images = Path.Combine(path, "images"), labels = Path.Combine(path, "labels");
        if (!Directory.Exists(images))
            (images, labels) = (path, "");
        List<Item> items = [];
        foreach (string image in Folder.Files(images).Where(ImageFile.HasImageExtension).Order(NaturalOrder.Instance))
        {
            string? label = null;
            if (Directory.Exists(labels))
            {
                label = RequireFile(Path.Combine(labels, Path.GetFileNameWithoutExtension(image) + ".png"), image);
                if (labelSpace is null)
                    throw NoLabelSpace(labels);
            }
            items.Add(new Item(image, label, label is null ? null : labelSpace, null));
        }
        return items;
    }

    private static string RequireFile(string path, string needer) => File.Exists(path)
        ? path
        : throw new EdgeSimException($"'{needer}' needs the file '{path}', which is not there.", "Complete the folder.");

    private static EdgeSimException NoLabelSpace(string path) => new($"The label space of '{path}' is not known.",
        $"Name it: {string.Join(", ", LabelSpaces.All)}.");

    private sealed record Item(string Image, string? Label, LabelSpace? Space, LabelManifestEntry? Entry);
}
