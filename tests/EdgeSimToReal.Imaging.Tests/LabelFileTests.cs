using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging.Tests;

public class LabelFileTests
{
    [Fact]
    public void Ids_RoundTrip_WithoutLoss()
    {
        using TemporaryFolder folder = new();
        byte[] ids = new byte[31 * 17];
        new Random(1).NextBytes(ids);
        LabelFile.Write(folder["a.png"], 31, 17, ids);
        (int width, int height, byte[] read) = LabelFile.Read(folder["a.png"]);
        Assert.Equal((31, 17), (width, height));
        Assert.Equal(ids, read);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void CarlasRedChannelForm_IsRead(int channels)
    {
        using TemporaryFolder folder = new();
        using (Mat picture = new(5, 9, channels == 3 ? MatType.CV_8UC3 : MatType.CV_8UC4, new Scalar(0, 0, 22, 255)))
            ImageFileTests.Save(folder["a.png"], picture);
        (_, _, byte[] ids) = LabelFile.Read(folder["a.png"]);
        Assert.Equal(Enumerable.Repeat((byte)22, 45), ids);
    }

    [Fact]
    public void APictureInLabelColours_IsRefused()
    {
        using TemporaryFolder folder = new();
        using (Mat picture = new(5, 9, MatType.CV_8UC3, new Scalar(128, 64, 128)))
            ImageFileTests.Save(folder["a.png"], picture);
        AssertRefused(folder["a.png"], "colour picture");
    }

    [Fact]
    public void SixteenBits_AreRefused()
    {
        using TemporaryFolder folder = new();
        using (Mat picture = new(5, 9, MatType.CV_16UC1, new Scalar(3)))
            ImageFileTests.Save(folder["a.png"], picture);
        AssertRefused(folder["a.png"], "16 bits");
    }

    [Fact]
    public void APalettePng_IsRefused_NotReadAsColours()
    {
        using TemporaryFolder folder = new();
        // 2x2 pixels, two palette entries.
        File.WriteAllBytes(folder["a.png"], Convert.FromBase64String(
            "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAMAAABFaP0WAAAABlBMVEWAQIBGRkZD9r4xAAAADElEQVR4nGNgYARCAAAMAAMrY8tQ"
            + "AAAAAElFTkSuQmCC"));
        AssertRefused(folder["a.png"], "palette");
    }

    [Fact]
    public void AJpeg_IsRefused()
    {
        using TemporaryFolder folder = new();
        ImageFile.Write(folder["a.jpg"], TestFrames.Noise(8, 8, 1));
        AssertRefused(folder["a.jpg"], "JPEG");
    }

    [Fact]
    public void ALabelOfAnotherSize_IsRefused()
    {
        using TemporaryFolder folder = new();
        LabelFile.Write(folder["a.png"], 4, 4, new byte[16]);
        Frame frame = TestFrames.Noise(8, 4, 1, LabelSpaces.Carla23);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => LabelFile.Read(folder["a.png"], frame));
        Assert.Contains("4x4", error.Message);
        Assert.Contains("8x4", error.Message);
    }

    [Fact]
    public void SharedCarlaLabels_HoldOnlyCarlasTags_AndMostlyRoadAndSky()
    {
        string folder = SharedFolder.Require("data", "sim-carla23", "val", "labels");
        long[] counts = new long[256];
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            foreach (byte id in LabelFile.Read(path).Ids)
                counts[id]++;
        }
        Assert.All(Enumerable.Range(23, 233), id => Assert.Equal(0, counts[id]));
        // facts/data.md: road 44 %, sky 32 % of the set's pixels.
        Assert.InRange((counts[7] + counts[6]) / (double)counts.Sum(), 0.3, 0.6);
        Assert.InRange(counts[13] / (double)counts.Sum(), 0.2, 0.45);
    }

    private static void AssertRefused(string path, string part)
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => LabelFile.Read(path));
        Assert.Contains(part, error.Message);
        Assert.Contains("8-bit grey PNG", error.Message);
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
    }
}
