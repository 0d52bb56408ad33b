using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging.Sinks;
using EdgeSimToReal.Imaging.Sources;

namespace EdgeSimToReal.Imaging.Tests;

public class FolderSinkTests
{
    [Fact]
    public void ImageFolderSink_NamesFilesByFrame_AndNeverOverwritesItsOwn()
    {
        using TemporaryFolder folder = new();
        using (ImageFolderSink sink = new(folder["out"]))
        {
            Frame frame = TestFrames.Noise(8, 8, 1);
            foreach ((string? name, ulong id) in new (string?, ulong)[] { (null, 7), ("a", 8), ("a", 9), ("../../b", 10), (null, 1234567) })
            {
                (frame.Name, frame.Id) = (name, id);
                sink.Write(frame, frame);
            }
            sink.Complete();
            Assert.Equal(5, sink.FramesWritten);
        }
        Assert.Equal(["000007.png", "1234567.png", "_.._b.png", "a.png", "a_2.png"], Names(folder["out"]));
    }

    [Fact]
    public void ImageFolderSink_WritesTheTranslation_Losslessly()
    {
        using TemporaryFolder folder = new();
        Frame source = TestFrames.Noise(9, 7, 1), translated = TestFrames.Noise(9, 7, 2);
        source.Name = "n";
        using (ImageFolderSink sink = new(folder.Path))
            sink.Write(source, translated);
        Assert.Equal(translated.Bgra, ImageFile.Read(folder["n.png"]).Bgra);
    }

    [Fact]
    public void ImageFolderSink_OnAFullDisk_LeavesWholeFilesOnly()
    {
        using SmallDisk disk = new();
        Frame frame = TestFrames.Noise(256, 256, 1);
        using ImageFolderSink sink = new(disk.Path);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() =>
        {
            for (ulong i = 0; i < 100; i++)
            {
                frame.Id = i;
                sink.Write(frame, frame);
            }
        });
        Assert.Equal(ExitCode.Output, error.ExitCode);
        string[] names = Names(disk.Path);
        Assert.Equal(sink.FramesWritten, names.Length);
        Assert.InRange(names.Length, 1, 99);
        Assert.All(names, name => Assert.Equal(frame.Bgra, ImageFile.Read(Path.Combine(disk.Path, name)).Bgra));
    }

    [Fact]
    public void LabelledFolderSink_GivesADataSetThatReadsBack()
    {
        using TemporaryFolder folder = new();
        Frame source = TestFrames.Noise(12, 10, 1, LabelSpaces.Carla29), translated = TestFrames.Noise(12, 10, 2);
        (source.Id, source.SimulatedTime, source.SensorPose) = (42, 1.75, new Pose(1, 2.5f, 3, 4, 5, 6));
        using (LabelledFolderSink sink = new(folder.Path, source: "carla://127.0.0.1:2000"))
        {
            sink.Write(source, translated);
            sink.Complete();
        }
        LabelManifestEntry entry = Assert.Single(LabelManifest.Read(folder["manifest.jsonl"]));
        Assert.Equal(new LabelManifestEntry("images/000042.png", "labels/000042.png", 42, 1.75, new Pose(1, 2.5f, 3, 4, 5, 6), "carla29",
            "carla://127.0.0.1:2000"), entry);
        using ImageFolderSource again = new(folder.Path);
        Frame read = again.Take(default)!;
        Assert.Equal(translated.Bgra, read.Bgra);
        Assert.Equal(source.Tags, read.Tags);
        Assert.Equal((42ul, 1.75, source.SensorPose, source.TagSpace), (read.Id, read.SimulatedTime, read.SensorPose, read.TagSpace));
    }

    [Fact]
    public void LabelledFolderSink_WithoutTimePoseOrTags_LeavesThemOut()
    {
        using TemporaryFolder folder = new();
        Frame frame = TestFrames.Noise(12, 10, 1);
        using (LabelledFolderSink sink = new(folder.Path, ".jpg"))
            sink.Write(frame, frame);
        string line = File.ReadAllText(folder["manifest.jsonl"]);
        Assert.DoesNotContain("time", line);
        Assert.DoesNotContain("pose", line);
        Assert.DoesNotContain("label", line);
        Assert.Contains("images/000000.jpg", line);
        Assert.False(Directory.Exists(folder["labels"]));
    }

    [Fact]
    public void LabelledFolderSink_GoesOnAfterATornLine_AndLosesNothing()
    {
        using TemporaryFolder folder = new();
        Frame frame = TestFrames.Noise(12, 10, 1, LabelSpaces.Carla23);
        using (LabelledFolderSink sink = new(folder.Path))
            sink.Write(frame, frame); // interrupted: not completed
        File.AppendAllText(folder["manifest.jsonl"], "{\"image\":\"images/00"); // killed in the middle of a line
        Assert.Contains("already", Assert.Throws<EdgeSimException>(() => new LabelledFolderSink(folder.Path)).Message);
        using (LabelledFolderSink sink = new(folder.Path, append: true))
        {
            sink.Write(frame, frame);
            sink.Complete();
        }
        Assert.Equal(["images/000000.png", "images/000000_2.png"],
            LabelManifest.Read(folder["manifest.jsonl"]).Select(entry => entry.Image));
        using ImageFolderSource again = new(folder.Path);
        Assert.Equal(2, again.FrameCount);
    }

    [Fact]
    public void LabelledFolderSink_OnAFullDisk_NamesWholeFilesOnly()
    {
        using SmallDisk disk = new();
        Frame frame = TestFrames.Noise(128, 128, 1, LabelSpaces.Carla23);
        using (LabelledFolderSink sink = new(disk.Path))
        {
            EdgeSimException error = Assert.Throws<EdgeSimException>(() =>
            {
                for (ulong i = 0; i < 1000; i++)
                {
                    frame.Id = i;
                    sink.Write(frame, frame);
                }
            });
            Assert.Equal(ExitCode.Output, error.ExitCode);
        }
        using ImageFolderSource again = new(disk.Path);
        Assert.InRange(again.FrameCount!.Value, 1, 999);
        while (again.Take(default) is { } read)
        {
            Assert.Equal(frame.Tags, read.Tags);
            again.Return(read);
        }
    }

    [Fact]
    public void FolderSinks_WithBadArguments_GiveOneError()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["file"], "");
        Assert.Equal(ExitCode.Output, Assert.Throws<EdgeSimException>(() => new ImageFolderSink(folder["file"])).ExitCode);
        Assert.Equal(ExitCode.Output, Assert.Throws<EdgeSimException>(() => new LabelledFolderSink(folder["file"])).ExitCode);
        Assert.Contains(".gif", Assert.Throws<EdgeSimException>(() => new ImageFolderSink(folder["x"], ".gif")).Message);
        Assert.Contains(".gif", Assert.Throws<EdgeSimException>(() => new LabelledFolderSink(folder["x"], ".gif")).Message);
        Assert.False(Directory.Exists(folder["x"]));
    }

    private static string[] Names(string folder) =>
        [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
