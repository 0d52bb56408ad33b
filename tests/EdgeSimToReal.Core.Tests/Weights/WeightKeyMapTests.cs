using EdgeSimToReal.Core.Weights;

namespace EdgeSimToReal.Core.Tests.Weights;

public sealed class WeightKeyMapTests
{
    private static readonly WeightTensor One = new([1], [1]);

    [Theory]
    [InlineData("E.FromRGB.Conv.weight", "E.FromRGB.Conv.weight")]
    [InlineData("E.ToSpatialCode.0.Conv.weight", "E.ToSpatialCode.0.Conv.weight")]
    [InlineData("E.ToSpatialCode1.Act.bias", "E.ToSpatialCode.0.Act.bias")]
    [InlineData("E.ToSpatialCode2.Conv.bias", "E.ToSpatialCode.1.Conv.bias")]
    [InlineData("module.E.ToSpatialCode2.Conv.bias", "E.ToSpatialCode.1.Conv.bias")]
    [InlineData("E.ToInnerSemantic.0.weight", "E.ToInnerSemantic.0.weight")]
    [InlineData("D.stylegan2_D.final_linear.1.bias", "D.stylegan2_D.final_linear.1.bias")]
    public void TheSwappingAutoencodersKeys_AreMapped(string key, string expected) =>
        Assert.Equal(expected, WeightKeyMap.SwappingAutoencoder.Map(key));

    [Theory]
    [InlineData("backbone.low_level_features.0.0.weight", "backbone.low_level_features.0.0.weight")]
    [InlineData("module.classifier.classifier.3.bias", "classifier.classifier.3.bias")]
    [InlineData("conv1.weight", "backbone.conv1.weight")]
    [InlineData("bn1.running_var", "backbone.bn1.running_var")]
    [InlineData("layer4.2.bn3.num_batches_tracked", "backbone.layer4.2.bn3.num_batches_tracked")]
    [InlineData("features.0.0.weight", "backbone.low_level_features.0.0.weight")]
    [InlineData("features.3.conv.2.weight", "backbone.low_level_features.3.conv.2.weight")]
    [InlineData("features.4.conv.0.0.weight", "backbone.high_level_features.4.conv.0.0.weight")]
    [InlineData("features.17.conv.3.bias", "backbone.high_level_features.17.conv.3.bias")]
    [InlineData("features.18.0.weight", null)]
    [InlineData("classifier.1.weight", null)]
    [InlineData("fc.bias", null)]
    [InlineData("features.19.weight", "features.19.weight")]
    public void DeepLabsAndTorchvisionsKeys_AreMapped(string key, string? expected) =>
        Assert.Equal(expected, WeightKeyMap.DeepLabV3Plus.Map(key));

    [Fact]
    public void ARenamedFile_TellsWhatBecameOfItsKeys()
    {
        MappedWeights mapped = WeightKeyMap.DeepLabV3Plus.Apply(
            new Dictionary<string, WeightTensor> { ["conv1.weight"] = One, ["fc.weight"] = One, ["other"] = One }, "r.pth");
        Assert.Equal(["backbone.conv1.weight", "other"], mapped.Tensors.Keys.Order());
        Assert.Equal(1, mapped.Renamed);
        Assert.Equal(["fc.weight"], mapped.Dropped);
        WeightReport report = WeightReport.Compare(
            [new("backbone.conv1.weight", [2]), new("backbone.bn1.weight", [1])], mapped.Tensors, key => key == "x");
        Assert.Equal(["backbone.bn1.weight"], report.Missing);
        Assert.Equal(["other"], report.Unexpected);
        Assert.Equal(["backbone.conv1.weight: [1] for [2]"], report.Misshaped);
        Assert.Contains("1 missing (backbone.bn1.weight)", Assert.Throws<EdgeSimException>(() => report.ThrowIfUnfit("r.pth")).Message);
    }

    [Fact]
    public void WhatIsNotFinite_IsNamed_AndIgnoredKeysMayBeThere()
    {
        WeightReport report = WeightReport.Compare([new("a", [1])],
            new Dictionary<string, WeightTensor> { ["a"] = new([1], [float.NaN]), ["a.kernel"] = One }, key => key.EndsWith(".kernel"));
        Assert.Equal(["a"], report.NotFinite);
        Assert.Empty(report.Unexpected);
    }

    [Fact]
    public void TwoKeysOfOneParameter_AreRefused() => Assert.Contains("twice", Assert.Throws<EdgeSimException>(() =>
        WeightKeyMap.SwappingAutoencoder.Apply(
            new Dictionary<string, WeightTensor> { ["E.ToSpatialCode1.x"] = One, ["E.ToSpatialCode.0.x"] = One }, "w.pth")).Message);
}
