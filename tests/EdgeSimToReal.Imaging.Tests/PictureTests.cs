using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Imaging.Tests;

public class PictureTests
{
    [Fact]
    public void AContactSheet_ShowsItsPicturesInRows_WithText()
    {
        using TemporaryFolder folder = new();
        ContactSheet sheet = new(64, 32);
        Frame frame = TestFrames.Flat(128, 64, 250, 0, 0);
        sheet.BeginRow("simulator");
        sheet.Add(frame, "frame 1");
        TestFrames.Fill(frame, 0, 250, 0); // the frame may be reused at once
        sheet.Add(frame, "frame 2");
        sheet.BeginRow();
        TestFrames.Fill(frame, 0, 0, 250);
        sheet.Add(frame);
        sheet.Write(folder["sheet.png"]);
        Frame read = ImageFile.Read(folder["sheet.png"]);
        // Two columns of 64 with gaps of 6; a titled and captioned row (22 + 32 + 22 + 6) and a bare one (32 + 6).
        Assert.Equal((146, 126), (read.Width, read.Height));
        AssertPixel(6 + 32, 6 + 22 + 16, 250, 0, 0);
        AssertPixel(76 + 32, 6 + 22 + 16, 0, 250, 0);
        AssertPixel(6 + 32, 88 + 16, 0, 0, 250);
        AssertPixel(2, 2, 24, 24, 24);
        Assert.True(Brightest(6, 28) > 150, "the title");
        Assert.True(Brightest(60, 82) > 120, "the captions");
        Assert.Equal(24, Brightest(0, 6));

        void AssertPixel(int x, int y, int b, int g, int r)
        {
            ReadOnlySpan<byte> pixel = read.Bgra.AsSpan(((y * read.Width) + x) * 4);
            Assert.Equal((b, g, r), (pixel[0], pixel[1], pixel[2]));
        }

        int Brightest(int fromRow, int toRow) =>
            TestFrames.Colours(read).Skip(fromRow * read.Width * 3).Take((toRow - fromRow) * read.Width * 3).Max();
    }

    [Fact]
    public void LongAndForeignCaptions_StayInTheirCells()
    {
        using TemporaryFolder folder = new();
        ContactSheet sheet = new(64, 32);
        sheet.Add(TestFrames.Flat(64, 32, 0, 0, 0), new string('W', 300) + " Straße");
        sheet.Add(TestFrames.Flat(64, 32, 0, 0, 0));
        sheet.Write(folder["sheet.png"]);
        Frame read = ImageFile.Read(folder["sheet.png"]);
        for (int y = 38; y < read.Height; y++)
        {
            for (int x = 71; x < read.Width; x++)
                Assert.Equal(24, read.Bgra[((y * read.Width) + x) * 4]);
        }
    }

    [Fact]
    public void AnEmptyContactSheet_IsAProgrammersError() =>
        Assert.Throws<InvalidOperationException>(() => new ContactSheet().Write("x.png"));

    [Fact]
    public void AnOverlay_BlendsKnownLabelsOnly()
    {
        Frame image = TestFrames.Flat(2, 1, 100, 100, 100), target = new(5, 5);
        byte[] tags = [0, LabelSpace.Ignore];
        Overlay.Blend(image, tags, LabelSpaces.Common16, 0.5, target);
        Assert.Equal((2, 1), (target.Width, target.Height));
        Assert.Equal([114, 82, 114, 255, 100, 100, 100, 255], target.Bgra); // road is 128, 64, 128
        Overlay.Blend(image, tags, LabelSpaces.Common16, 1, image);
        Assert.Equal([128, 64, 128, 255, 100, 100, 100, 255], image.Bgra);
    }
}
