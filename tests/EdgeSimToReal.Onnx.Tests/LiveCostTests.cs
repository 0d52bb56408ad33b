using EdgeSimToReal.Core.Networks;

namespace EdgeSimToReal.Onnx.Tests;

/// <summary>The cost of a live frame against the table of the facts (sae.md §10).</summary>
public sealed class LiveCostTests
{
    [Theory]
    [InlineData(256, 256, 50.4)]
    [InlineData(256, 512, 100.9)]
    [InlineData(512, 1024, 403)]
    [InlineData(544, 960, 402)]
    [InlineData(720, 1280, 709)]
    [InlineData(1088, 1920, 1608)]
    public void LiveMultiplyAccumulates_OfFull_AreThoseOfTheTable(int height, int width, double expectedGiga)
    {
        double giga = SaeConfiguration.Full.LiveMultiplyAccumulates(height, width) / 1e9;
        Assert.InRange(giga, expectedGiga * 0.995, expectedGiga * 1.005);
    }
}
