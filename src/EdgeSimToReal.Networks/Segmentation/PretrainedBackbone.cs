using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Weights;

namespace EdgeSimToReal.Networks.Segmentation;

/// <summary>Starts a segmenter's backbone from an image classifier's weights, with torchvision's keys.</summary>
public static class PretrainedBackbone
{
    /// <summary>Copies a classifier's weights into the backbone, all or nothing; the head stays as it is.</summary>
    /// <param name="segmenter">A DeepLabV3+.</param>
    /// <param name="classifier">MobileNetV2's or ResNet-50's tensors by torchvision's keys, with their running statistics.</param>
    /// <param name="source">Where they came from, for error messages.</param>
    /// <exception cref="EdgeSimException">
    /// A key is missing, unexpected, misshaped or not finite, or the segmenter is a U-Net; nothing was changed.
    /// </exception>
    public static void ImportBackbone(this Segmenter segmenter, IReadOnlyDictionary<string, WeightTensor> classifier, string source)
    {
        if (segmenter.Configuration.Architecture == SegmenterArchitecture.UNet)
        {
            throw new EdgeSimException($"The weights of '{source}' can't start a U-Net, which has no ImageNet backbone.",
                "Use deeplabv3plus_mobilenet or deeplabv3plus_resnet50.");
        }
        Dictionary<string, WeightTensor> weights = ModuleWeights.Export(segmenter);
        foreach (string key in weights.Keys.Where(key => key.StartsWith(SegmenterLayer.BackbonePrefix, StringComparison.Ordinal)).ToArray())
            weights.Remove(key);
        foreach ((string key, WeightTensor tensor) in WeightKeyMap.DeepLabV3Plus.Apply(classifier, source).Tensors)
            weights[key] = tensor;
        ModuleWeights.Import(segmenter, weights, source);
    }
}
