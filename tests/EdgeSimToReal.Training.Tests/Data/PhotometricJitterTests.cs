using EdgeSimToReal.Core;
using EdgeSimToReal.Training.Data;

namespace EdgeSimToReal.Training.Tests.Data;

public sealed class PhotometricJitterTests
{
    private const int Width = 24, Height = 16, Pixels = Width * Height;

    [Fact]
    public void Strengths_OfZero_ChangeNothing() => Assert.Equal(Image(), Applied(new(), 1));

    [Fact]
    public void Brightness_IsOneFactor()
    {
        float[] image = Image(most: 0.6f);
        double[] factors = [.. Enumerable.Range(0, 200).Select(seed => Factor(image, Applied(new() { Brightness = 0.5 }, seed, image)))];
        Assert.InRange(factors.Min(), 0.5, 0.55);
        Assert.InRange(factors.Max(), 1.45, 1.5);

        static double Factor(float[] before, float[] after)
        {
            double factor = after[0] / before[0];
            Assert.All(before.Zip(after), pair => Assert.Equal(pair.First * factor, pair.Second, 1e-5));
            return factor;
        }
    }

    [Fact]
    public void Contrast_KeepsTheMeanGrey()
    {
        float[] image = Image(most: 0.6f, least: 0.4f), changed = Applied(new() { Contrast = 0.9 }, 4, image);
        Assert.Equal(Greys(image).Average(), Greys(changed).Average(), 1e-4);
        double ratio = (changed[0] - changed[1]) / (image[0] - image[1]);
        Assert.NotEqual(1, ratio, 1e-2);
        Assert.Equal(ratio, (changed[5] - changed[99]) / (image[5] - image[99]), 1e-3);
    }

    [Fact]
    public void Saturation_KeepsEachGrey()
    {
        float[] image = Image(most: 0.6f, least: 0.4f), changed = Applied(new() { Saturation = 0.9 }, 4, image);
        Assert.NotEqual(image, changed);
        Assert.All(Greys(image).Zip(Greys(changed)), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void Cast_IsOneFactorAChannel()
    {
        float[] image = Image(most: 0.6f), changed = Applied(new() { Cast = 0.5 }, 4, image);
        double[] factors = [.. Enumerable.Range(0, 3).Select(c => (double)changed[c * Pixels] / image[c * Pixels])];
        Assert.Equal(3, factors.Distinct().Count());
        for (int i = 0; i < image.Length; i++)
            Assert.Equal(image[i] * factors[i / Pixels], changed[i], 1e-5);
    }

    [Fact]
    public void Blur_SpreadsAPoint_AndKeepsItsSum()
    {
        float[] image = new float[3 * Pixels];
        int centre = (8 * Width) + 12;
        image[centre] = 1;
        GaussianBlur.Apply(image, Width, 1.25);
        Assert.Equal(1, image[..Pixels].Sum(), 1e-5);
        Assert.All(image[Pixels..], value => Assert.Equal(0, value));
        // Against the formula, ending at three deviations and normalised.
        double[] line = [.. Enumerable.Range(-4, 9).Select(d => Math.Exp(-d * d / (2 * 1.25 * 1.25)))];
        double peak = line[4] / line.Sum(), next = line[5] / line.Sum();
        Assert.Equal(peak * peak, image[centre], 1e-5);
        Assert.Equal(peak * next, image[centre + 1], 1e-5);
        Assert.Equal(next * next, image[centre - Width - 1], 1e-5);
    }

    [Fact]
    public void All_StayInRange()
    {
        PhotometricJitter all = new() { Brightness = 1, Contrast = 1, Saturation = 1, Cast = 1, Grain = 1, Blur = 8 };
        for (int seed = 0; seed < 20; seed++)
            Assert.All(Applied(all, seed), value => Assert.InRange(value, 0, 1));
    }

    [Fact]
    public void Validate_OutOfRange_NamesTheValue()
    {
        Assert.Contains("Grain is 1.5", Assert.Throws<EdgeSimException>(new PhotometricJitter { Grain = 1.5 }.Validate).Message);
        Assert.Throws<EdgeSimException>(new PhotometricJitter { Contrast = double.NaN }.Validate);
    }

    private static float[] Image(float most = 1, float least = 0)
    {
        float[] image = new float[3 * Pixels];
        Random random = new(3);
        foreach (ref float value in image.AsSpan())
            value = least + ((most - least) * (0.01f + (0.99f * random.NextSingle())));
        return image;
    }

    private static float[] Applied(PhotometricJitter jitter, long seed, float[]? image = null)
    {
        float[] result = [.. image ?? Image()];
        SplitMix64 random = new(seed);
        jitter.Apply(result, Width, ref random);
        return result;
    }

    private static double[] Greys(float[] image) =>
        [.. Enumerable.Range(0, Pixels).Select(i => (0.299 * image[i]) + (0.587 * image[i + Pixels]) + (0.114 * image[i + (2 * Pixels)]))];
}
