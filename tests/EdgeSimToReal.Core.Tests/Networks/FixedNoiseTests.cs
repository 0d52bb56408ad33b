using EdgeSimToReal.Core.Networks;

namespace EdgeSimToReal.Core.Tests.Networks;

public sealed class FixedNoiseTests
{
    [Fact]
    public void Map_IsStandardNormal()
    {
        float[] map = FixedNoise.Map("G.HeadResnetBlock0.conv1.noise", 256, 512);
        double mean = map.Average(value => (double)value);
        double variance = map.Average(value => Math.Pow(value - mean, 2));
        double fourth = map.Average(value => Math.Pow(value - mean, 4)) / (variance * variance);
        // 131,072 values: standard errors are 0.0028, 0.0039 and 0.0135.
        Assert.InRange(mean, -0.01, 0.01);
        Assert.InRange(variance, 0.98, 1.02);
        Assert.InRange(fourth, 2.93, 3.07);
        Assert.InRange(map.Zip(map.Skip(1), (a, b) => (double)a * b).Average(), -0.01, 0.01);
    }

    [Fact]
    public void Map_SameArguments_SameBits_OthersDiffer()
    {
        float[] map = FixedNoise.Map("layer", 5, 7);
        Assert.Equal(35, map.Length);
        Assert.Equal(map, FixedNoise.Map("layer", 5, 7));
        Assert.NotEqual(map, FixedNoise.Map("layer", 7, 5));
        Assert.NotEqual(map, FixedNoise.Map("layer2", 5, 7));
        Assert.NotEqual(map, FixedNoise.Map("layer", 5, 7, seed: 1));
    }

    [Fact]
    public void Maps_HaveTheGeneratorsSizes()
    {
        var maps = FixedNoise.Maps(SaeConfiguration.Full, 128, 160);
        Assert.Equal(12, maps.Count);
        Assert.Equal([1, 1, 8, 10], maps["G.HeadResnetBlock1.conv2.noise"].Shape);
        Assert.Equal([1, 1, 16, 20], maps["G.UpsamplingResBlock16.conv1.noise"].Shape);
        Assert.Equal([1, 1, 128, 160], maps["G.UpsamplingResBlock128.conv2.noise"].Shape);
    }
}
