using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Evaluation.Tests.Support;
using EdgeSimToReal.Imaging;

namespace EdgeSimToReal.Evaluation.Tests;

public class ReinhardTransferTests
{
    [Fact]
    public void Apply_ItsOwnColours_ChangesNothing()
    {
        Frame frame = Scenes.Noise(40, 30, 1);
        Frame result = new ReinhardTransfer(frame).Apply(frame);
        for (int i = 0; i < frame.Bgra.Length; i++)
            Assert.InRange(Math.Abs(frame.Bgra[i] - result.Bgra[i]), 0, i % 4 == 3 ? 255 : 1);
    }

    [Fact]
    public void Apply_Greys_GivesMeanAndSpreadInLightness()
    {
        // Greys stay grey, and L* is linear in itself: lightness 40 ± 10 becomes 60 ± 5.
        Frame source = Greys(30, 50), photo = Greys(55, 65);
        Frame result = new ReinhardTransfer(photo).Apply(source);
        for (int i = 0; i < result.PixelCount; i++)
        {
            for (int c = 0; c < 3; c++)
                Assert.InRange(result.Bgra[(4 * i) + c] - photo.Bgra[(4 * i) + c], -1, 1);
        }
    }

    [Fact]
    public void Apply_ToAConstantPicture_GivesThePhotographsMean()
    {
        Frame constant = Greys(50, 50), result = new ReinhardTransfer(Greys(20, 60)).Apply(constant), mean = Greys(40, 40);
        Assert.InRange(result.Bgra[0] - mean.Bgra[0], -1, 1);
    }

    /// <summary>Pixels of two CIE lightnesses in turn.</summary>
    private static Frame Greys(params double[] lightness)
    {
        Frame frame = new(8, 8);
        for (int i = 0; i < frame.PixelCount; i++)
        {
            double linear = Math.Pow((lightness[i % 2] + 16) / 116, 3);
            byte value = (byte)Math.Round(255 * ((1.055 * Math.Pow(linear, 1 / 2.4)) - 0.055));
            frame.Bgra.AsSpan(4 * i, 3).Fill(value);
        }
        return frame;
    }
}
