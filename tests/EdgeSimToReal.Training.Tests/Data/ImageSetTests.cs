using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Imaging.Sinks;
using EdgeSimToReal.Training.Data;

namespace EdgeSimToReal.Training.Tests.Data;

public sealed class ImageSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_Subfolders_MatchByRelativeName()
    {
        DrawnImages.Write(_folder, "set", "town/frame10", new Frame(8, 8), new byte[64]);
        DrawnImages.Write(_folder, "set", "town/frame9", new Frame(8, 8), new byte[64]);
        DrawnImages.Write(_folder, "set", "a/frame9", new Frame(8, 8), null);
        ImageSet set = ImageSet.Open(new() { Path = _folder["set"], Space = "carla29", Weight = 3, Licence = "MIT" });
        Assert.Equal(["a/frame9", "town/frame9", "town/frame10"],
            set.Items.Select(item => Path.ChangeExtension(Path.GetRelativePath(_folder["set/images"], item.Image), null)));
        Assert.Equal([null, _folder["set/labels/town/frame9.png"], _folder["set/labels/town/frame10.png"]],
            set.Items.Select(item => item.Label));
        Assert.Equal(("set", "MIT", 3, LabelSpaces.Carla29), (set.Name, set.Licence, set.Weight, set.Space));
    }

    [Fact]
    public void Open_ExplicitFolders_AndPlainFolder()
    {
        ImageFile.Write(_folder["photos/x.jpg"], new Frame(8, 8));
        LabelFile.Write(_folder["ids/x.png"], 8, 8, new byte[64]);
        ImageSet labelled = ImageSet.Open(new() { Path = _folder.Path, Images = "photos", Labels = _folder["ids"], Space = "camvid11" });
        Assert.Equal(new TrainingItem(_folder["photos/x.jpg"], _folder["ids/x.png"]), Assert.Single(labelled.Items));
        ImageSet plain = ImageSet.Open(new() { Path = _folder["photos"] });
        Assert.Equal(new TrainingItem(_folder["photos/x.jpg"], null), Assert.Single(plain.Items));
    }

    [Fact]
    public void Open_ManifestOfARecording()
    {
        using (LabelledFolderSink sink = new(_folder["recorded"]))
        {
            Frame frame = new(8, 8, withTags: true) { TagSpace = LabelSpaces.Carla29, Name = "first" };
            frame.Tags.AsSpan().Fill(11);
            sink.Write(frame, frame);
            frame.Reshape(8, 8);
            frame.Name = "second";
            sink.Write(frame, frame);
            sink.Complete();
        }
        ImageSet set = ImageSet.Open(new() { Path = _folder["recorded"] });
        Assert.Equal(LabelSpaces.Carla29, set.Space);
        Assert.Equal(["first", "second"], set.Items.Select(item => Path.GetFileNameWithoutExtension(item.Image)));
        Assert.Equal([true, false], set.Items.Select(item => item.Label is not null));
        using ImageBatch batch = ImageBatch.Whole(set, 0, LabelSpaces.Shared10);
        Assert.All(batch.Labels.bytes.ToArray(), label => Assert.Equal(7, label));
        Assert.Contains("'carla29'", Refused(new() { Path = _folder["recorded"], Space = "carla23" }));
    }

    [Fact]
    public void Open_Faults_AreNamed()
    {
        Directory.CreateDirectory(_folder["empty/images"]);
        DrawnImages.Write(_folder, "bare", "x", new Frame(8, 8), null);
        DrawnImages.Write(_folder, "other", "x", new Frame(8, 8), null);
        LabelFile.Write(_folder["other/labels/y.png"], 8, 8, new byte[64]);
        DrawnImages.Write(_folder, "twice", "x", new Frame(8, 8), null);
        ImageFile.Write(_folder["twice/images/x.jpg"], new Frame(8, 8));
        Assert.Contains(_folder["nowhere"], Refused(new() { Path = _folder["nowhere"] }));
        Assert.Contains("no image", Refused(new() { Path = _folder["empty"] }));
        Assert.Contains(_folder["bare/labels"], Refused(new() { Path = _folder["bare"], Space = "camvid11" }));
        Assert.Contains("No image", Refused(new() { Path = _folder["other"], Space = "camvid11" }));
        Assert.Contains("label space 'camvid'", Refused(new() { Path = _folder["other"], Space = "camvid" }));
        Assert.Contains("one name", Refused(new() { Path = _folder["twice"] }));
        Assert.Contains("weight 0", Refused(new() { Path = _folder["bare"], Weight = 0 }));
        Assert.Contains("weight NaN", Refused(new() { Path = _folder["bare"], Weight = double.NaN }));
    }

    private static string Refused(ImageSetOptions options) => Assert.Throws<EdgeSimException>(() => ImageSet.Open(options)).Message;
}
