using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging.Tests;

public class FrameResizeTests
{
    [Theory]
    [InlineData(40, 30, 13, 7)]
    [InlineData(13, 7, 40, 30)]
    [InlineData(5, 5, 1, 1)]
    [InlineData(1, 1, 6, 4)]
    public void AFlatPicture_StaysFlat(int fromWidth, int fromHeight, int toWidth, int toHeight)
    {
        Frame target = new(toWidth, toHeight);
        FrameResize.Stretch(TestFrames.Flat(fromWidth, fromHeight, 11, 128, 254), target);
        Assert.Equal(TestFrames.Flat(toWidth, toHeight, 11, 128, 254).Bgra, target.Bgra);
    }

    [Fact]
    public void TheSameSize_IsACopy()
    {
        Frame source = TestFrames.Noise(23, 19, 1, LabelSpaces.Carla29), target = new(23, 19);
        (source.Id, source.Name, source.SimulatedTime) = (9, "n", 1.5);
        FrameResize.Stretch(source, target);
        Assert.Equal(source.Bgra, target.Bgra);
        Assert.Equal(source.Tags, target.Tags);
        Assert.Equal((9ul, "n", 1.5, LabelSpaces.Carla29), (target.Id, target.Name, target.SimulatedTime, target.TagSpace));
    }

    [Theory]
    [InlineData(20, 12, 9, 5)]
    [InlineData(9, 6, 21, 17)]
    public void Colours_AreTheLanczosSum_WrittenPlainly(int fromWidth, int fromHeight, int toWidth, int toHeight)
    {
        Frame source = TestFrames.Noise(fromWidth, fromHeight, 2), target = new(toWidth, toHeight);
        FrameResize.Stretch(source, target);
        for (int y = 0; y < toHeight; y++)
        {
            for (int x = 0; x < toWidth; x++)
            {
                for (int c = 0; c < 3; c++)
                {
                    double expected = Math.Clamp(Plain(source, (x + 0.5) * fromWidth / toWidth, (y + 0.5) * fromHeight / toHeight,
                        Math.Max(1, (double)fromWidth / toWidth), Math.Max(1, (double)fromHeight / toHeight), c), 0, 255);
                    Assert.InRange(target.Bgra[(((y * toWidth) + x) * 4) + c], expected - 0.51, expected + 0.51);
                }
            }
        }
    }

    [Fact]
    public void Enlarging_AgreesWithOpenCvsLanczos_OnASmoothPicture()
    {
        Frame source = new(32, 24), target = new(80, 60);
        for (int y = 0; y < 24; y++)
        {
            for (int x = 0; x < 32; x++)
                source.Bgra.AsSpan(((y * 32) + x) * 4, 4).Fill((byte)(128 + (100 * Math.Sin(x / 5.0) * Math.Cos(y / 4.0))));
        }
        FrameResize.Stretch(source, target);
        using Mat from = Mat.FromPixelData(24, 32, MatType.CV_8UC4, source.Bgra), to = new();
        Cv2.Resize(from, to, new Size(80, 60), interpolation: InterpolationFlags.Lanczos4);
        to.GetArray(out Vec4b[] pixels);
        for (int y = 10; y < 50; y++)
        {
            for (int x = 10; x < 70; x++)
                Assert.InRange(target.Bgra[((y * 80) + x) * 4], pixels[(y * 80) + x].Item0 - 4, pixels[(y * 80) + x].Item0 + 4);
        }
    }

    [Fact]
    public void Shrinking_DoesNotAlias()
    {
        // Stripes of one pixel: a resampler that is not widened shows them as broad bands; the mean is 127.5.
        Frame source = new(300, 30), target = new(101, 10);
        for (int i = 0; i < source.PixelCount; i++)
            source.Bgra.AsSpan(4 * i, 4).Fill(i % 2 == 0 ? (byte)0 : (byte)255);
        FrameResize.Stretch(source, target);
        for (int x = 3; x < 98; x++)
            Assert.InRange(target.Bgra[((5 * 101) + x) * 4], 120, 135);
    }

    [Fact]
    public void Labels_AreTheOnesUnderThePixelCentres()
    {
        Frame source = TestFrames.Noise(30, 20, 3, LabelSpaces.Carla23), target = new(10, 5);
        FrameResize.Stretch(source, target);
        for (int y = 0; y < 5; y++)
        {
            for (int x = 0; x < 10; x++)
                Assert.Equal(source.Tags[(((y * 4) + 2) * 30) + (x * 3) + 1], target.Tags[(y * 10) + x]);
        }
    }

    [Theory]
    [InlineData(640, 480, 512, 256, 0, 80, 640, 320)]
    [InlineData(640, 380, 512, 256, 0, 30, 640, 320)]
    [InlineData(100, 400, 50, 50, 0, 150, 100, 100)]
    public void CentreCrop_TakesTheLargestCentredPart(int width, int height, int toWidth, int toHeight, int x, int y, int w, int h)
    {
        Frame target = new(toWidth, toHeight);
        Assert.Equal(new PixelArea(x, y, w, h), FrameResize.CentreCrop(new Frame(width, height), target));
    }

    [Fact]
    public void CentreCrop_SeesNothingOutsideItsPart()
    {
        Frame source = TestFrames.Flat(40, 20, 0, 0, 0), target = new(10, 10);
        for (int y = 0; y < 20; y++)
            source.Bgra.AsSpan(((y * 40) + 10) * 4, 80).Fill(255);
        FrameResize.CentreCrop(source, target);
        Assert.All(target.Bgra, value => Assert.Equal(255, value));
    }

    [Fact]
    public void Letterbox_ShowsTheWholeSource_BetweenBlackBarsWithoutLabel()
    {
        Frame source = TestFrames.Flat(40, 10, 50, 60, 70), target = TestFrames.Flat(20, 20, 1, 2, 3);
        Frame tagged = TestFrames.Noise(40, 10, 4, LabelSpaces.Common16);
        Assert.Equal(new PixelArea(0, 7, 20, 5), FrameResize.Letterbox(source, target));
        Assert.Equal((50d, 60d, 70d), Mean(target, 7, 12));
        Assert.Equal((0d, 0d, 0d), Mean(target, 0, 7));
        Assert.Equal((0d, 0d, 0d), Mean(target, 12, 20));
        FrameResize.Letterbox(tagged, target);
        Assert.All(target.Tags.Take(7 * 20), tag => Assert.Equal(LabelSpace.Ignore, tag));
        Assert.All(target.Tags.Skip(7 * 20).Take(5 * 20), tag => Assert.InRange(tag, 0, 15));

        static (double, double, double) Mean(Frame frame, int fromRow, int toRow)
        {
            byte[] rows = frame.Bgra[(fromRow * 80)..(toRow * 80)];
            return (Channel(0), Channel(1), Channel(2));
            double Channel(int c) => rows.Where((_, i) => i % 4 == c).Average(value => value);
        }
    }

    private static double Plain(Frame source, double centreX, double centreY, double widenX, double widenY, int channel)
    {
        double sum = 0, weights = 0;
        for (int y = 0; y < source.Height; y++)
        {
            for (int x = 0; x < source.Width; x++)
            {
                double weight = Kernel((x + 0.5 - centreX) / widenX) * Kernel((y + 0.5 - centreY) / widenY);
                sum += weight * source.Bgra[(((y * source.Width) + x) * 4) + channel];
                weights += weight;
            }
        }
        return sum / weights;
    }

    private static double Kernel(double t) =>
        t == 0 ? 1 : Math.Abs(t) >= 3 ? 0 : 3 * Math.Sin(Math.PI * t) * Math.Sin(Math.PI * t / 3) / (Math.PI * Math.PI * t * t);
}
