namespace EdgeSimToReal.Core.Weights;

/// <summary>How another program names a network's parameters.</summary>
/// <remarks>
/// Rules rename or drop by prefix, the first that fits counts, and keys that fit none stay as they are (a report then names them
/// where they are unexpected). The "module." of a network that was saved inside PyTorch's DataParallel is taken off first.
/// </remarks>
public sealed class WeightKeyMap
{
    private const string ParallelPrefix = "module.";

    private readonly (string Prefix, string? Replacement)[] _rules;

    private WeightKeyMap(string name, params (string Prefix, string? Replacement)[] rules)
    {
        Name = name;
        _rules = rules;
    }

    /// <summary>
    /// The swapping autoencoder: the original's keys are this project's ("E.", "G.", "D.", "Dpatch."); the label-consistent one
    /// splits the structure head in two, since its inner semantic branch hangs between them.
    /// </summary>
    public static WeightKeyMap SwappingAutoencoder { get; } = new("swapping autoencoder",
        ("E.ToSpatialCode1.", "E.ToSpatialCode.0."),
        ("E.ToSpatialCode2.", "E.ToSpatialCode.1."));

    /// <summary>
    /// DeepLabV3+: the reference's keys ("backbone.", "classifier.") are this project's; ImageNet weights of torchvision's
    /// resnet50 and mobilenet_v2 become the backbone's, their classification heads are dropped.
    /// </summary>
    /// <remarks>MobileNetV2's features 0 to 3 are the low-level part (stride 4), 4 to 17 the rest; 18 widens for ImageNet only.</remarks>
    public static WeightKeyMap DeepLabV3Plus { get; } = new("DeepLabV3+",
    [
        ("conv1.", "backbone.conv1."),
        ("bn1.", "backbone.bn1."),
        .. Enumerable.Range(1, 4).Select(i => ($"layer{i}.", (string?)$"backbone.layer{i}.")),
        .. Enumerable.Range(0, 4).Select(i => ($"features.{i}.", (string?)$"backbone.low_level_features.{i}.")),
        .. Enumerable.Range(4, 14).Select(i => ($"features.{i}.", (string?)$"backbone.high_level_features.{i}.")),
        ("fc.", null),
        ("features.18.", null),
        ("classifier.1.", null),
    ]);

    /// <summary>The network's name, for messages.</summary>
    public string Name { get; }

    /// <summary>This project's key.</summary>
    /// <param name="key">The file's key.</param>
    /// <returns>Null where the key has no place here.</returns>
    public string? Map(string key)
    {
        if (key.StartsWith(ParallelPrefix, StringComparison.Ordinal))
            key = key[ParallelPrefix.Length..];
        foreach ((string prefix, string? replacement) in _rules)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal))
                return replacement is null ? null : replacement + key[prefix.Length..];
        }
        return key;
    }

    /// <summary>Renames a file's weights.</summary>
    /// <param name="weights">Arrays by the file's key.</param>
    /// <param name="source">Where they came from, for the message.</param>
    /// <exception cref="EdgeSimException">Two of its keys mean the same parameter.</exception>
    public MappedWeights Apply(IReadOnlyDictionary<string, WeightTensor> weights, string source)
    {
        Dictionary<string, WeightTensor> mapped = new(weights.Count, StringComparer.Ordinal);
        List<string> dropped = [];
        int renamed = 0;
        foreach ((string key, WeightTensor tensor) in weights)
        {
            if (Map(key) is not { } name)
            {
                dropped.Add(key);
                continue;
            }
            if (!mapped.TryAdd(name, tensor))
            {
                throw new EdgeSimException($"'{source}' holds '{name}' of the {Name} twice, under two names.",
                    "Give one network's weights.");
            }
            if (name != key)
                renamed++;
        }
        return new MappedWeights(mapped, renamed, dropped);
    }
}
