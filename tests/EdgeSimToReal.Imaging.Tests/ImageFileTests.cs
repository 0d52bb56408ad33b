using System.Buffers.Binary;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging.Tests;

public class ImageFileTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(17, 5)]
    [InlineData(320, 180)]
    public void Png_RoundTrips_WithoutLoss(int width, int height)
    {
        using TemporaryFolder folder = new();
        Frame frame = TestFrames.Noise(width, height, 1);
        ImageFile.Write(folder["a b.png"], frame);
        Frame read = ImageFile.Read(folder["a b.png"]);
        Assert.Equal((width, height, "a b"), (read.Width, read.Height, read.Name));
        Assert.Equal(frame.Bgra, read.Bgra);
    }

    [Fact]
    public void Png_WithMeaninglessAlpha_KeepsTheColours()
    {
        using TemporaryFolder folder = new();
        Frame frame = TestFrames.Noise(33, 7, 2);
        byte[] colours = TestFrames.Colours(frame);
        for (int i = 3; i < frame.Bgra.Length; i += 4)
            frame.Bgra[i] = 0;
        ImageFile.Write(folder["a.png"], frame);
        Assert.Equal(colours, TestFrames.Colours(ImageFile.Read(folder["a.png"])));
    }

    [Fact]
    public void Jpeg_OfHigherQuality_IsNearerAndLarger()
    {
        using TemporaryFolder folder = new();
        Frame frame = new(64, 64);
        for (int i = 0; i < frame.Bgra.Length; i++)
            frame.Bgra[i] = (byte)(i / 4 % 64 * 3);
        ImageFile.Write(folder["low.jpg"], frame, 20);
        ImageFile.Write(folder["high.jpeg"], frame, 98);
        double low = Difference(frame, ImageFile.Read(folder["low.jpg"])), high = Difference(frame, ImageFile.Read(folder["high.jpeg"]));
        Assert.True(high < 2 && high < low, $"{high} of high quality, {low} of low");
        Assert.True(new FileInfo(folder["high.jpeg"]).Length > new FileInfo(folder["low.jpg"]).Length);
    }

    [Fact]
    public void Grey16BitAndAlphaInputs_BecomeOpaqueBgra()
    {
        using TemporaryFolder folder = new();
        using (Mat grey = new(4, 6, MatType.CV_8UC1, new Scalar(77)))
            Save(folder["grey.png"], grey);
        using (Mat deep = new(4, 6, MatType.CV_16UC3, new Scalar(0x1280, 0x8080, 0xFEFE)))
            Save(folder["deep.png"], deep);
        using (Mat clear = new(4, 6, MatType.CV_8UC4, new Scalar(10, 20, 30, 0)))
            Save(folder["alpha.png"], clear);
        using (Mat greyDeep = new(4, 6, MatType.CV_16UC1, new Scalar(0x4D4D)))
            Save(folder["deep grey.png"], greyDeep);
        AssertFlat(ImageFile.Read(folder["grey.png"]), 77, 77, 77, 0);
        AssertFlat(ImageFile.Read(folder["deep.png"]), 0x12, 0x80, 0xFE, 1);
        AssertFlat(ImageFile.Read(folder["alpha.png"]), 10, 20, 30, 0);
        AssertFlat(ImageFile.Read(folder["deep grey.png"]), 0x4D, 0x4D, 0x4D, 1);
    }

    [Theory]
    [InlineData(".bmp")]
    [InlineData(".webp")]
    public void OtherFormats_AreRead(string extension)
    {
        using TemporaryFolder folder = new();
        using (Mat picture = new(24, 40, MatType.CV_8UC3, new Scalar(200, 100, 50)))
            Save(folder["a" + extension], picture);
        Frame frame = ImageFile.Read(folder["a" + extension]);
        Assert.Equal((40, 24), (frame.Width, frame.Height));
        AssertFlat(frame, 200, 100, 50, 4);
    }

    [Fact]
    public void Read_OfASharedPhotograph_HasItsSize()
    {
        string folder = SharedFolder.Require("data", "sim-carla23", "val", "images");
        Frame frame = ImageFile.Read(Directory.EnumerateFiles(folder).Order().First());
        Assert.Equal((512, 256), (frame.Width, frame.Height));
        (double b, double g, double r) = TestFrames.Mean(frame, 0, 512);
        Assert.InRange((b + g + r) / 3, 20, 235);
    }

    [Fact]
    public void Read_OfNothing_SaysSo() => AssertError(Path.Combine(Path.GetTempPath(), "no", "such.png"), "There is no image");

    [Fact]
    public void Read_OfAFolder_SaysSo()
    {
        using TemporaryFolder folder = new();
        AssertError(folder.Path, "it is a folder");
    }

    [Theory]
    [InlineData("")]
    [InlineData("B")]
    [InlineData("this is a text about a photograph, not a photograph")]
    public void Read_OfAPhotoThatIsNoImage_SaysSo(string content)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["photo.jpg"], content);
        AssertError(folder["photo.jpg"], "is not an image");
    }

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".png")]
    [InlineData(".bmp")]
    [InlineData(".webp")]
    public void Read_OfATruncatedImage_SaysSo_WhereverItEnds(string extension)
    {
        using TemporaryFolder folder = new();
        using (Mat picture = new(40, 40, MatType.CV_8UC3))
        {
            Cv2.Randu(picture, Scalar.All(0), Scalar.All(255));
            Save(folder["whole" + extension], picture);
        }
        byte[] whole = File.ReadAllBytes(folder["whole" + extension]);
        Assert.Equal(40, ImageFile.Read(folder["whole" + extension]).Width);
        for (int length = 0; length < whole.Length; length += length < 100 ? 1 : 97)
            AssertTruncated(whole[..length]);
        AssertTruncated(whole[..^1]);

        void AssertTruncated(byte[] part)
        {
            File.WriteAllBytes(folder["cut" + extension], part);
            EdgeSimException error = Assert.Throws<EdgeSimException>(() => ImageFile.Read(folder["cut" + extension]));
            Assert.Matches("is damaged|is not an image", error.Message);
            Assert.Equal(ExitCode.BadInput, error.ExitCode);
        }
    }

    [Fact]
    public void Read_OfAPngWithOneFlippedBit_IsRefused()
    {
        using TemporaryFolder folder = new();
        ImageFile.Write(folder["whole.png"], TestFrames.Noise(24, 24, 5));
        byte[] whole = File.ReadAllBytes(folder["whole.png"]);
        Random random = new(6);
        for (int i = 0; i < 200; i++)
        {
            byte[] corrupt = [.. whole];
            corrupt[random.Next(corrupt.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(folder["corrupt.png"], corrupt);
            EdgeSimException error = Assert.Throws<EdgeSimException>(() => ImageFile.Read(folder["corrupt.png"]));
            Assert.Contains("corrupt.png", error.Message);
        }
    }

    [Theory]
    [InlineData(50_000, 50_000)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(-1, -1)]
    public void Read_OfAnAbsurdSize_IsRefusedBeforeDecoding(int width, int height)
    {
        using TemporaryFolder folder = new();
        ImageFile.Write(folder["a.png"], TestFrames.Noise(8, 8, 7));
        byte[] bytes = File.ReadAllBytes(folder["a.png"]);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), height);
        File.WriteAllBytes(folder["a.png"], bytes);
        AssertError(folder["a.png"], "pixels; at most");
    }

    [Fact]
    public void Write_WithAnUnknownExtension_LeavesNothing()
    {
        using TemporaryFolder folder = new();
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => ImageFile.Write(folder["a.gif"], TestFrames.Noise(8, 8, 8)));
        Assert.Contains(".gif", error.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Write_BelowAFile_GivesOneOutputError()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["file"], "");
        EdgeSimException error = Assert.Throws<EdgeSimException>(
            () => ImageFile.Write(Path.Combine(folder["file"], "a.png"), TestFrames.Noise(8, 8, 9)));
        Assert.Equal(ExitCode.Output, error.ExitCode);
    }

    internal static void Save(string path, Mat picture)
    {
        Cv2.ImEncode(Path.GetExtension(path), picture, out byte[] bytes);
        File.WriteAllBytes(path, bytes);
    }

    private static void AssertError(string path, string part)
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => ImageFile.Read(path));
        Assert.Contains(part, error.Message);
        Assert.Contains(path, error.Message);
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
    }

    private static void AssertFlat(Frame frame, byte b, byte g, byte r, int tolerance)
    {
        for (int i = 0; i < frame.Bgra.Length; i += 4)
        {
            Assert.InRange(frame.Bgra[i], b - tolerance, b + tolerance);
            Assert.InRange(frame.Bgra[i + 1], g - tolerance, g + tolerance);
            Assert.InRange(frame.Bgra[i + 2], r - tolerance, r + tolerance);
            Assert.Equal(255, frame.Bgra[i + 3]);
        }
    }

    private static double Difference(Frame a, Frame b) =>
        TestFrames.Colours(a).Zip(TestFrames.Colours(b), (x, y) => Math.Abs(x - y)).Average();
}
