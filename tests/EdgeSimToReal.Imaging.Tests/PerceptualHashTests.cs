using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging.Filters;

namespace EdgeSimToReal.Imaging.Tests;

public sealed class PerceptualHashTests
{
    [Fact]
    public void LikePictures_AreNear_AndUnlikeOnesFar()
    {
        Frame scene = Scene(1), other = Scene(2);
        ulong hash = PerceptualHash.Of(scene);
        Assert.Equal(hash, PerceptualHash.Of(scene));
        Frame changed = new(scene.Width, scene.Height);
        FrameResize.Stretch(scene, changed);
        Random random = new(3);
        for (int i = 0; i < changed.Bgra.Length; i++) // noise, and darker
            changed.Bgra[i] = (byte)Math.Clamp((changed.Bgra[i] * 0.8) + random.Next(-12, 13), 0, 255);
        Frame larger = new(3 * scene.Width / 2, 3 * scene.Height / 2);
        FrameResize.Stretch(scene, larger);
        Assert.InRange(PerceptualHash.Distance(hash, PerceptualHash.Of(changed)), 0, 6);
        Assert.InRange(PerceptualHash.Distance(hash, PerceptualHash.Of(larger)), 0, 4);
        Assert.InRange(PerceptualHash.Distance(hash, PerceptualHash.Of(other)), 16, 64);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0b1011, 0b0001, 2)]
    [InlineData(ulong.MaxValue, 0, 64)]
    public void TheDistance_CountsTheBitsThatDiffer(ulong a, ulong b, int expected) =>
        Assert.Equal(expected, PerceptualHash.Distance(a, b));

    /// <summary>Rectangles of flat colours at places that follow from the seed.</summary>
    private static Frame Scene(int seed)
    {
        Frame frame = TestFrames.Flat(128, 64, 90, 90, 90);
        Random random = new(seed);
        for (int i = 0; i < 12; i++)
        {
            (int x, int y, int w, int h) = (random.Next(100), random.Next(50), random.Next(8, 40), random.Next(6, 24));
            byte light = (byte)random.Next(256);
            for (int row = y; row < Math.Min(y + h, 64); row++)
                frame.Bgra.AsSpan(((row * 128) + x) * 4, Math.Min(w, 128 - x) * 4).Fill(light);
        }
        return frame;
    }
}
