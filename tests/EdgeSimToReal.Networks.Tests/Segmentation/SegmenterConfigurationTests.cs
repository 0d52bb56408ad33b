using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;

namespace EdgeSimToReal.Networks.Tests.Segmentation;

public sealed class SegmenterConfigurationTests
{
    [Fact]
    public void Metadata_ReadBack_IsTheSame()
    {
        foreach (SegmenterConfiguration configuration in new SegmenterConfiguration[]
        {
            new(),
            new() { Architecture = SegmenterArchitecture.DeepLabResNet50, Classes = 19, OutputStride = 8 },
            new() { Architecture = SegmenterArchitecture.UNet, Classes = 10, Width = 12 },
            new() { Architecture = SegmenterArchitecture.UNet, Input = ColourNormalisation.ImageNet },
            new() { Input = new ColourNormalisation((0.1, 0.2), (0.3, 1.0 / 3), (0, 1)) },
        })
        {
            Assert.Equal(configuration, SegmenterConfiguration.FromMetadata(configuration.ToMetadata()));
        }
    }

    [Fact]
    public void Metadata_Normalisation_IsAlwaysRecorded()
    {
        Assert.Equal("0.485,0.456,0.406", new SegmenterConfiguration().ToMetadata()["input_mean"]);
        Assert.Equal("0.229,0.224,0.225", new SegmenterConfiguration().ToMetadata()["input_deviation"]);
        Assert.Equal("0.5,0.5,0.5", new SegmenterConfiguration { Architecture = SegmenterArchitecture.UNet }.ToMetadata()["input_mean"]);
    }

    [Theory]
    [InlineData("architecture", null, "does not tell the segmenter's architecture")]
    [InlineData("architecture", "deeplab", "There is no segmenter 'deeplab'")]
    [InlineData("classes", null, "does not tell the segmenter's 'classes'")]
    [InlineData("classes", "many", "'classes' is 'many'")]
    [InlineData("classes", "1", "Classes is 1")]
    [InlineData("output_stride", "32", "OutputStride is 32")]
    [InlineData("width", "0", "Width is 0")]
    [InlineData("input_mean", "0.5,0.5", "'input_mean' is '0.5,0.5'")]
    [InlineData("input_mean", null, "'input_mean' is ''")]
    [InlineData("input_mean", "NaN,0.5,0.5", "mean NaN")]
    [InlineData("input_deviation", "0.5,0,0.5", "deviation 0")]
    public void FromMetadata_FaultyValue_IsNamed(string key, string? value, string message)
    {
        Dictionary<string, string> metadata = new SegmenterConfiguration { Architecture = SegmenterArchitecture.UNet }.ToMetadata();
        metadata.Remove(key);
        if (value is not null)
            metadata[key] = value;
        Assert.Contains(message, Assert.Throws<EdgeSimException>(() => SegmenterConfiguration.FromMetadata(metadata)).Message);
    }
}
