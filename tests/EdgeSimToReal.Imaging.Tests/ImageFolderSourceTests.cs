using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging.Sources;

namespace EdgeSimToReal.Imaging.Tests;

public class ImageFolderSourceTests
{
    [Fact]
    public void APlainFolder_GivesItsImagesInNaturalOrder()
    {
        using TemporaryFolder folder = new();
        foreach (int i in new[] { 10, 9, 1, 100 })
            ImageFile.Write(folder[$"f{i}.png"], TestFrames.Flat(8 + i, 6, (byte)i, 0, 0));
        File.WriteAllText(folder["notes.txt"], "not an image");
        using ImageFolderSource source = new(folder.Path);
        Assert.Equal(4, source.FrameCount);
        Assert.False(source.HasLabels);
        List<string> seen = [];
        while (source.Take(default) is { } frame)
        {
            seen.Add($"{frame.Id} {frame.Name} {frame.Width} {frame.Bgra[0]} {frame.HasTags}");
            Assert.True(double.IsNaN(frame.SimulatedTime));
            Assert.True(frame.Stamps.FirstByte > 0 && frame.Stamps.Taken >= frame.Stamps.LastByte);
            source.Return(frame);
        }
        Assert.Equal(["0 f1 9 1 False", "1 f9 17 9 False", "2 f10 18 10 False", "3 f100 108 100 False"], seen);
        Assert.Null(source.Take(default));
    }

    [Fact]
    public void AFolderWithImagesAndLabels_GivesBoth()
    {
        using TemporaryFolder folder = new();
        Frame made = TestFrames.Noise(12, 10, 1, LabelSpaces.Carla23);
        ImageFile.Write(folder["images/a.png"], made);
        LabelFile.Write(folder["labels/a.png"], 12, 10, made.Tags);
        using ImageFolderSource source = new(folder.Path, LabelSpaces.Carla23);
        Assert.True(source.HasLabels);
        Frame frame = source.Take(default)!;
        Assert.Equal(made.Bgra, frame.Bgra);
        Assert.Equal(made.Tags, frame.Tags);
        Assert.Same(LabelSpaces.Carla23, frame.TagSpace);
    }

    [Fact]
    public void TheSharedFrames_AreRead_WithTheirLabels()
    {
        using ImageFolderSource source = new(SharedFolder.Require("data", "sim-carla23", "val"), LabelSpaces.Carla23);
        Assert.Equal(80, source.FrameCount);
        for (int i = 0; i < 5; i++)
        {
            Frame frame = source.Take(default)!;
            Assert.Equal((512, 256, true), (frame.Width, frame.Height, frame.HasTags));
            source.Return(frame);
        }
    }

    [Fact]
    public void AManifest_GivesNumberTimePoseAndLabelSpace()
    {
        using TemporaryFolder folder = new();
        Frame made = TestFrames.Noise(12, 10, 1, LabelSpaces.Carla29);
        ImageFile.Write(folder["pictures/x.png"], made);
        LabelFile.Write(folder["tags/y.png"], 12, 10, made.Tags);
        const string Pose = """{"x":1,"y":2,"z":3,"pitch":4,"yaw":5,"roll":6}""";
        File.WriteAllText(folder["manifest.jsonl"], $$"""
            {"image":"pictures/x.png","label":"tags/y.png","frame":77,"time":3.25,"pose":{{Pose}},"labelSpace":"carla29"}
            {"image":"pictures/x.png"}

            """);
        foreach (string path in new[] { folder.Path, folder["manifest.jsonl"] })
        {
            using ImageFolderSource source = new(path);
            Frame first = source.Take(default)!, second = source.Take(default)!;
            Assert.Equal((77ul, 3.25, new Pose(1, 2, 3, 4, 5, 6)), (first.Id, first.SimulatedTime, first.SensorPose));
            Assert.Same(LabelSpaces.Carla29, first.TagSpace);
            Assert.Equal(made.Tags, first.Tags);
            Assert.Equal((1ul, false), (second.Id, second.HasTags));
            Assert.Null(second.TagSpace);
            Assert.Null(source.Take(default));
        }
    }

    [Fact]
    public void AManifestWithATornLastLine_GivesTheWholeOnes()
    {
        using TemporaryFolder folder = new();
        ImageFile.Write(folder["x.png"], TestFrames.Noise(4, 4, 1));
        File.WriteAllText(folder["manifest.jsonl"], "{\"image\":\"x.png\"}\n{\"image\":\"y.p");
        using ImageFolderSource source = new(folder.Path);
        Assert.Equal(1, source.FrameCount);
    }

    [Fact]
    public void Cancelled_GivesNull()
    {
        using TemporaryFolder folder = new();
        ImageFile.Write(folder["x.png"], TestFrames.Noise(4, 4, 1));
        using ImageFolderSource source = new(folder.Path);
        Assert.Null(source.Take(new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"label\":\"x.png\"}")]
    [InlineData("[1,2]")]
    [InlineData("{\"image\":5}")]
    [InlineData("{\"image\":\"x.png\",\"frame\":-1}")]
    public void AManifestWithABadLine_NamesIt(string line)
    {
        using TemporaryFolder folder = new();
        ImageFile.Write(folder["x.png"], TestFrames.Noise(4, 4, 1));
        File.WriteAllText(folder["manifest.jsonl"], "{\"image\":\"x.png\"}\n" + line + "\n");
        AssertError(folder.Path, null, "Line 2");
    }

    [Fact]
    public void BadFolders_GiveOneErrorEach_WhenOpened()
    {
        using TemporaryFolder folder = new();
        AssertError(folder["nowhere"], null, "There is no folder");
        AssertError(folder.Path, null, "holds no images");
        ImageFile.Write(folder["set/images/a.png"], TestFrames.Noise(4, 4, 1));
        Directory.CreateDirectory(folder["set/labels"]);
        AssertError(folder["set"], LabelSpaces.Carla23, "a.png");
        LabelFile.Write(folder["set/labels/a.png"], 4, 4, new byte[16]);
        AssertError(folder["set"], null, "label space");
        File.WriteAllText(folder["m.jsonl"], "{\"image\":\"set/images/b.png\"}\n");
        AssertError(folder["m.jsonl"], null, "b.png");
        File.WriteAllText(folder["m.jsonl"], """{"image":"set/images/a.png","label":"set/labels/a.png","labelSpace":"carla99"}""" + "\n");
        AssertError(folder["m.jsonl"], null, "carla99");
    }

    [Fact]
    public void ADamagedImage_IsAnErrorOfItsTake()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["a.png"], "no image");
        using ImageFolderSource source = new(folder.Path);
        Assert.Contains("is not an image", Assert.Throws<EdgeSimException>(() => source.Take(default)).Message);
    }

    private static void AssertError(string path, LabelSpace? space, string part)
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => new ImageFolderSource(path, space));
        Assert.Contains(part, error.Message);
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
    }
}
