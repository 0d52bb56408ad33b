using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>How often the classes occur in the prepared images of a split.</summary>
/// <param name="space">The labels' space.</param>
public sealed class SplitStatistics(LabelSpace space)
{
    private readonly long[] _pixels = new long[256];
    private readonly long[] _images = new long[256];

    /// <summary>Images, labelled or not.</summary>
    public int Images { get; private set; }

    /// <summary>Pixels without a label.</summary>
    public long Ignored => _pixels[LabelSpace.Ignore];

    /// <summary>Pixels in all of the labelled images.</summary>
    public long Pixels => _pixels.Sum();

    /// <summary>For each class its name, its pixels, their share of all pixels, and the images that show it.</summary>
    public IEnumerable<ClassCount> Classes => space.Classes.Select(c =>
        new ClassCount(c.Name, _pixels[c.Id], Pixels == 0 ? 0 : (double)_pixels[c.Id] / Pixels, _images[c.Id]));

    /// <summary>Counts an image.</summary>
    /// <param name="labels">Its ids; empty for an unlabelled one.</param>
    public void Add(ReadOnlySpan<byte> labels)
    {
        Images++;
        Span<long> counts = stackalloc long[256];
        counts.Clear();
        foreach (byte label in labels)
            counts[label]++;
        for (int id = 0; id < 256; id++)
        {
            _pixels[id] += counts[id];
            _images[id] += counts[id] > 0 ? 1 : 0;
        }
    }
}
