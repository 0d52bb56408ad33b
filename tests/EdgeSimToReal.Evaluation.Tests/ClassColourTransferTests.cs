using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging;

namespace EdgeSimToReal.Evaluation.Tests;

public class ClassColourTransferTests
{
    private const int Side = 64;
    private const byte Road = 0, Sky = 7;

    [Fact]
    public void Apply_GivesEachClassItsOwnColours_FeatheredWhereTheyMeet()
    {
        // CIE lightness: above 40 ± 10 sky, below 60 ± 5 road; photographs have 70 ± 5 and 30 ± 10.
        ClassColourTransfer transfer = new(LabelSpaces.Shared10);
        transfer.Add(Scene((30, 10), (70, 5)));
        Frame source = Scene((60, 5), (40, 10));
        Frame result = transfer.Apply(source);
        Frame expected = Scene((30, 10), (70, 5));
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                int at = 4 * ((y * Side) + x);
                bool border = Math.Abs(y - (Side / 2)) < 6;
                if (!border)
                    Assert.InRange(result.Bgra[at] - expected.Bgra[at], -2, 2);
            }
        }
        // At the border the two are mixed: no step from one row's mean to the next is as great as theirs.
        double[] rows = [.. Enumerable.Range(0, Side).Select(y => Enumerable.Range(0, Side).Average(x => (double)result.Bgra[4 * ((y * Side) + x)]))];
        double whole = Math.Abs(rows[0] - rows[^1]);
        Assert.InRange(Enumerable.Range(1, Side - 1).Max(y => Math.Abs(rows[y] - rows[y - 1])), 1, 0.8 * whole);
        Assert.Equal(source.Tags, result.Tags);
    }

    [Fact]
    public void Apply_AClassThatThePhotographsLack_TakesTheColoursOfAllPixels()
    {
        ClassColourTransfer transfer = new(LabelSpaces.Shared10);
        Frame photograph = Scene((50, 10), (50, 10));
        photograph.Tags.AsSpan().Fill(Road);
        transfer.Add(photograph);
        Frame source = Scene((50, 10), (50, 10)), result = transfer.Apply(source);
        for (int i = 0; i < source.PixelCount; i++)
            Assert.InRange(result.Bgra[4 * i] - source.Bgra[4 * i], -1, 1);
    }

    [Fact]
    public void WithoutLabelsOrPhotographs_ItSaysSo()
    {
        ClassColourTransfer transfer = new(LabelSpaces.Shared10);
        Assert.Contains("no photograph", Assert.Throws<EdgeSimException>(() => transfer.Apply(Scene((50, 1), (50, 1)))).Message);
        Assert.Contains("no labels", Assert.Throws<EdgeSimException>(() => transfer.Add(new Frame(4, 4))).Message);
    }

    /// <summary>Sky above road, each of two CIE lightnesses in turn, mean ± deviation.</summary>
    private static Frame Scene((double Mean, double Deviation) road, (double Mean, double Deviation) sky)
    {
        Frame frame = new(Side, Side, withTags: true) { TagSpace = LabelSpaces.Shared10 };
        for (int i = 0; i < frame.PixelCount; i++)
        {
            bool isSky = i / Side < Side / 2;
            (double mean, double deviation) = isSky ? sky : road;
            double linear = Math.Pow((mean + (deviation * ((i % 2 * 2) - 1)) + 16) / 116, 3);
            frame.Bgra.AsSpan(4 * i, 3).Fill((byte)Math.Round(255 * ((1.055 * Math.Pow(linear, 1 / 2.4)) - 0.055)));
            frame.Tags[i] = isSky ? Sky : Road;
        }
        return frame;
    }
}
