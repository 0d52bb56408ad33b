using EdgeSimToReal.Core.Metrics;

namespace EdgeSimToReal.Core.Tests.Metrics;

public sealed class ImageParityTests
{
    private const int Width = 50, Height = 34;

    private readonly float[] _reference = Picture(1);

    [Fact]
    public void Equal_IsInfinite() =>
        Assert.Equal(new ImageParity(double.PositiveInfinity, double.PositiveInfinity), Of([.. _reference]));

    [Fact]
    public void AnEverywhereEqualDifference_IsTheSameOverallAndInABlock()
    {
        ImageParity parity = Of([.. _reference.Select(value => value + 0.02f)]);
        Assert.Equal(40, parity.Psnr, 2); // (2 / 0.02)²
        Assert.Equal(40, parity.WorstBlock, 2);
    }

    [Theory]
    [InlineData(0, 0, 16 * 16)]
    [InlineData(49, 33, 2 * 2)] // the corner's block is 2 by 2
    public void OneWrongPixel_CountsByItsBlock(int x, int y, int blockPixels)
    {
        float[] actual = [.. _reference];
        actual[(y * Width) + x] += 0.5f;
        ImageParity parity = Of(actual);
        Assert.Equal(10 * Math.Log10(4 / (0.25 / (3 * Width * Height))), parity.Psnr, 3);
        Assert.Equal(10 * Math.Log10(4 / (0.25 / (3 * blockPixels))), parity.WorstBlock, 3);
    }

    [Fact]
    public void ValuesBeyondWhatIsShown_AreClamped_AndNoNumberIsWrong()
    {
        float[] bright = [.. _reference];
        (bright[7], _reference[7]) = (3, 1);
        Assert.Equal(double.PositiveInfinity, Of(bright).Psnr);
        bright[7] = float.NaN;
        Assert.Equal(10 * Math.Log10(3 * Width * Height), Of(bright).Psnr, 6);
    }

    [Fact]
    public void AnotherSize_IsAnError() =>
        Assert.Throws<ArgumentException>(() => ImageParity.Of(_reference, _reference, Width, Height + 1));

    private ImageParity Of(float[] actual) => ImageParity.Of(actual, _reference, Width, Height);

    private static float[] Picture(int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, 3 * Width * Height).Select(_ => (float)((random.NextDouble() * 1.6) - 0.8))];
    }
}
