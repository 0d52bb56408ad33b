using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Evaluation.Metrics;

namespace EdgeSimToReal.Evaluation;

/// <summary>What was read of one set of images: the translated ones, the simulator's own, …</summary>
/// <param name="name">The set's name in the report.</param>
/// <param name="meaning">What it stands for.</param>
internal sealed class ImageSet(string name, string meaning)
{
    private readonly List<(JudgedImage Image, int Group, string? Texture)> _images = [];

    public string Name => name;

    public string Meaning => meaning;

    public int Count { get; private set; }

    /// <summary>Features by kind of network; empty where there is none.</summary>
    public Dictionary<string, FeatureSet> Features { get; } = [];

    public int Groups { get; private set; }

    public IEnumerable<string> Textures => _images.Select(image => image.Texture).OfType<string>().Distinct();

    public long LabelledPixels => _images.Sum(image => image.Image.Confusion.Total);

    public void Add(JudgedImage image, int group, string? texture)
    {
        _images.Add((image, group, texture));
        Groups = Math.Max(Groups, group + 1);
        Count++;
    }

    /// <summary>Features of each texture's images alone, by kind of network.</summary>
    public Dictionary<(string Kind, string Texture), FeatureSet> TextureFeatures { get; } = [];

    public void AddFeatures(string kind, float[] features, int group, string? texture)
    {
        if (!Features.TryGetValue(kind, out FeatureSet? set))
            Features[kind] = set = new FeatureSet(features.Length);
        set.Add(features, group);
        if (texture is null)
            return;
        if (!TextureFeatures.TryGetValue((kind, texture), out set))
            TextureFeatures[(kind, texture)] = set = new FeatureSet(features.Length);
        set.Add(features, group);
    }

    /// <summary>Counts and NLL of each structure image, over all its textures.</summary>
    public (ConfusionMatrix Confusion, double Nll)[] ByGroup(int classes) => [.. Enumerable.Range(0, Groups)
        .Select(group => Sum(classes, _images.Where(image => image.Group == group).Select(image => image.Image)))];

    /// <summary>Counts and NLL of one texture.</summary>
    public (ConfusionMatrix Confusion, double Nll) OfTexture(int classes, string texture) =>
        Sum(classes, _images.Where(image => image.Texture == texture).Select(image => image.Image));

    /// <summary>Counts of each structure image with one texture.</summary>
    public ConfusionMatrix[] ByGroup(int classes, string texture) => [.. Enumerable.Range(0, Groups)
        .Select(group => Sum(classes, _images.Where(image => image.Group == group && image.Texture == texture).Select(image => image.Image))
            .Confusion)];

    private static (ConfusionMatrix Confusion, double Nll) Sum(int classes, IEnumerable<JudgedImage> images)
    {
        ConfusionMatrix sum = new(classes);
        double nll = 0;
        foreach (JudgedImage image in images)
        {
            sum.Add(image.Confusion);
            nll += image.NllSum;
        }
        return (sum, nll);
    }
}
