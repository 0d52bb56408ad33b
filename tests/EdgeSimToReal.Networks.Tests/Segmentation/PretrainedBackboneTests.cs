using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Segmentation;
using EdgeSimToReal.Networks.Weights;

namespace EdgeSimToReal.Networks.Tests.Segmentation;

public sealed class PretrainedBackboneTests
{
    [Theory]
    [InlineData("deeplabv3plus_mobilenet")]
    [InlineData("deeplabv3plus_resnet50")]
    public void Import_TorchvisionKeys_FillTheBackboneAlone(string architecture)
    {
        using Segmenter segmenter = new(new() { Architecture = SegmenterConfiguration.ParseArchitecture(architecture) });
        Dictionary<string, WeightTensor> golden = SegmenterGolden.Weights(segmenter.Configuration);
        Dictionary<string, WeightTensor> before = ModuleWeights.Export(segmenter), classifier = Classifier(golden);
        segmenter.ImportBackbone(classifier, "imagenet.safetensors");
        Assert.All(ModuleWeights.Export(segmenter), weight =>
            Assert.True(weight.Value.Values.AsSpan().SequenceEqual(
                (weight.Key.StartsWith("backbone.") ? golden : before)[weight.Key].Values), weight.Key));
    }

    [Fact]
    public void Import_OtherClassifier_IsRefusedAndChangesNothing()
    {
        using Segmenter segmenter = new(new());
        Dictionary<string, WeightTensor> classifier = Classifier(SegmenterGolden.Weights(segmenter.Configuration));
        Dictionary<string, WeightTensor> before = ModuleWeights.Export(segmenter);
        classifier.Remove("features.3.conv.0.1.running_mean");
        classifier["layer1.0.conv1.weight"] = new WeightTensor([1], [1]);
        classifier["features.0.0.weight"] = new WeightTensor([16, 3, 3, 3], new float[16 * 27]);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => segmenter.ImportBackbone(classifier, "imagenet.safetensors"));
        Assert.Contains("1 missing (backbone.low_level_features.3.conv.0.1.running_mean)", error.Message);
        Assert.Contains("1 unexpected (backbone.layer1.0.conv1.weight)", error.Message);
        Assert.Contains("backbone.low_level_features.0.0.weight: [16, 3, 3, 3] for [32, 3, 3, 3]", error.Message);
        Assert.All(ModuleWeights.Export(segmenter), weight => Assert.Equal(before[weight.Key].Values, weight.Value.Values));
    }

    [Fact]
    public void Import_UNet_IsRefused()
    {
        using Segmenter segmenter = new(new() { Architecture = SegmenterArchitecture.UNet, Width = 2 });
        Assert.Contains("U-Net", Assert.Throws<EdgeSimException>(
            () => segmenter.ImportBackbone(new Dictionary<string, WeightTensor>(), "x")).Message);
    }

    /// <summary>The backbone's tensors under torchvision's keys, beside those of the classifier's own end.</summary>
    private static Dictionary<string, WeightTensor> Classifier(Dictionary<string, WeightTensor> weights)
    {
        Dictionary<string, WeightTensor> classifier = weights.Where(weight => weight.Key.StartsWith("backbone.")).ToDictionary(
            weight => weight.Key["backbone.".Length..].Replace("low_level_features", "features").Replace("high_level_features", "features"),
            weight => weight.Value);
        bool mobile = classifier.ContainsKey("features.0.0.weight");
        foreach (string key in mobile ? ["features.18.0.weight", "classifier.1.weight", "features.0.1.num_batches_tracked"]
            : new[] { "fc.weight", "bn1.num_batches_tracked" })
        {
            classifier[key] = new WeightTensor([1], [0]);
        }
        return classifier;
    }
}
