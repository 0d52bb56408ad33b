using System.Globalization;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Weights;

namespace EdgeSimToReal.Networks.Segmentation;

/// <summary>Starts a segmenter's backbone from an image classifier's weights, with torchvision's keys.</summary>
public static class PretrainedBackbone
{
    // torchvision's MobileNetV2: features.0 … features.17 are used, features.18 and the classifier are not.
    private const string MobileNetPrefix = "features.";
    private const int LowLevelCount = 4;
    private const int UsedCount = 18;

    /// <summary>Copies a classifier's weights into the backbone, all or nothing; the head stays as it is.</summary>
    /// <param name="segmenter">A DeepLabV3+.</param>
    /// <param name="classifier">MobileNetV2's or ResNet-50's tensors by torchvision's keys, with their running statistics.</param>
    /// <param name="source">Where they came from, for error messages.</param>
    /// <exception cref="EdgeSimException">
    /// A key is missing, unexpected, misshaped or not finite, or the segmenter is a U-Net; nothing was changed.
    /// </exception>
    public static void ImportBackbone(this Segmenter segmenter, IReadOnlyDictionary<string, WeightTensor> classifier, string source)
    {
        SegmenterArchitecture architecture = segmenter.Configuration.Architecture;
        if (architecture == SegmenterArchitecture.UNet)
        {
            throw new EdgeSimException($"The weights of '{source}' can't start a U-Net, which has no ImageNet backbone.",
                "Use deeplabv3plus_mobilenet or deeplabv3plus_resnet50.");
        }
        Dictionary<string, WeightTensor> weights = ModuleWeights.Export(segmenter);
        foreach (string key in weights.Keys.Where(key => key.StartsWith(SegmenterLayer.BackbonePrefix, StringComparison.Ordinal)).ToArray())
            weights.Remove(key);
        foreach ((string key, WeightTensor tensor) in classifier)
        {
            if ((architecture == SegmenterArchitecture.DeepLabMobileNetV2 ? MobileNetKey(key) : ResNetKey(key)) is { } mapped)
                weights[mapped] = tensor;
        }
        ModuleWeights.Import(segmenter, weights, source);
    }

    private static string? MobileNetKey(string key)
    {
        if (key.StartsWith("classifier.", StringComparison.Ordinal))
            return null;
        string rest = key.StartsWith(MobileNetPrefix, StringComparison.Ordinal) ? key[MobileNetPrefix.Length..] : "";
        int dot = rest.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !int.TryParse(rest[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            return SegmenterLayer.BackbonePrefix + key; // reported as unexpected
        return index >= UsedCount ? null
            : $"{SegmenterLayer.BackbonePrefix}{(index < LowLevelCount ? "low" : "high")}_level_features.{rest}";
    }

    private static string? ResNetKey(string key) =>
        key.StartsWith("fc.", StringComparison.Ordinal) ? null : SegmenterLayer.BackbonePrefix + key;
}
