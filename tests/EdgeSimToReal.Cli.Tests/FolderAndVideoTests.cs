using EdgeSimToReal.Cli.Tests.Support;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging;

namespace EdgeSimToReal.Cli.Tests;

/// <summary>Folders, videos and pipes in and out.</summary>
public class FolderAndVideoTests(TinyModel model)
{
    [Fact]
    public void FolderToFolder_TranslatesEachImageUnderItsName()
    {
        using TemporaryFolder folder = new();
        string[] images = Pictures.WriteFolder(folder["in"], 3, 100, 60);
        ProcessResult result = Edgesim.Run("translate", folder["in"], "--model", model.Bundle, "--size", "64x48", "-o", folder["out"],
            "--json").Good();
        Assert.Equal(images.Select(Path.GetFileName).Order(), Directory.GetFiles(folder["out"]).Select(Path.GetFileName).Order());
        foreach (string image in images)
        {
            Frame source = ImageFile.Read(image), translated = ImageFile.Read(folder[$"out/{Path.GetFileName(image)}"]);
            Assert.Equal((100, 60), (translated.Width, translated.Height)); // letterboxed, and cut out again
            Assert.False(source.Bgra.AsSpan().SequenceEqual(translated.Bgra));
        }
        ReportJson report = ReportJson.Parse(result.Text);
        Assert.Equal(3, report.Frames); // 3 frames are too few for a warm-up
        Assert.Contains("does not tell", report.NotObservable("captureToArrival"));
    }

    [Fact]
    public void PassedThroughImages_AreUnchanged_AndTwoTexturesDiffer()
    {
        using TemporaryFolder folder = new();
        string image = Pictures.WriteFolder(folder["in"], 1)[0];
        Edgesim.Run("translate", folder["in"], "--passthrough", "-o", folder["same"]).Good();
        Assert.Equal(ImageFile.Read(image).Bgra, ImageFile.Read(folder["same/0.png"]).Bgra);
        Edgesim.Run("translate", folder["in"], "--model", model.Bundle, "-t", "dawn", "-o", folder["dawn"]).Good();
        Edgesim.Run("translate", folder["in"], "--model", model.Bundle, "-t", "noon", "-o", folder["noon"]).Good();
        Assert.NotEqual(ImageFile.Read(folder["dawn/0.png"]).Bgra, ImageFile.Read(folder["noon/0.png"]).Bgra);
        // Again: the same, to the last bit.
        Edgesim.Run("translate", folder["in"], "--model", model.Bundle, "-t", "dawn", "-o", folder["again"]).Good();
        Assert.Equal(ImageFile.Read(folder["dawn/0.png"]).Bgra, ImageFile.Read(folder["again/0.png"]).Bgra);
    }

    [Fact]
    public void LabelledFrames_KeepLabelsPosesAndNumbers_FromSimulatorToFolderToFolder()
    {
        using TemporaryFolder folder = new();
        Edgesim.Run("translate", "town://", "--sync", "--tags", "--camera", "64x64", "--model", model.Bundle, "-o", folder["first"],
            "-n", "4").Good();
        Edgesim.Run("translate", folder["first"], "--model", model.Bundle, "-t", "noon", "-o", folder["second"]).Good();
        IReadOnlyList<LabelManifestEntry> first = LabelManifest.Read(folder["first/manifest.jsonl"]);
        IReadOnlyList<LabelManifestEntry> second = LabelManifest.Read(folder["second/manifest.jsonl"]);
        Assert.Equal(4, first.Count);
        Assert.Equal(4, second.Count);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(first[0].Frame + (ulong)i, first[i].Frame);
            Assert.Equal(LabelSpaces.Carla29.Name, first[i].LabelSpace);
            Assert.True(first[i].Pose is { } pose && pose != default && (i == 0 || pose != first[i - 1].Pose)); // the car drives
            Assert.Equal(first[i] with { Source = null }, second[i] with { Source = null });
            Assert.Contains("Town", first[i].Source);
            byte[] label = File.ReadAllBytes(folder["first/" + first[i].Label]);
            Assert.Equal(label, File.ReadAllBytes(folder["second/" + second[i].Label]));
            (int width, int height, byte[] ids) = LabelFile.Read(folder["first/" + first[i].Label]);
            Assert.Equal((64, 64), (width, height));
            Assert.True(ids.Distinct().Count() >= 3);
            Assert.All(ids.Distinct(), id => Assert.NotNull(LabelSpaces.Carla29.Find(id)));
            Assert.True(File.Exists(folder["second/" + second[i].Image]));
        }
    }

    [Fact]
    public void ALabelledFolderOfAnotherTool_KeepsItsLabels()
    {
        using TemporaryFolder folder = new();
        Pictures.WriteLabelled(folder["in"], 2, LabelSpaces.CityscapesIds);
        Edgesim.Run("translate", folder["in"], "--labels", "cityscapes", "--model", model.Bundle, "-o", folder["out"]).Good();
        for (int i = 0; i < 2; i++)
            Assert.Equal(File.ReadAllBytes(folder[$"in/labels/{i}.png"]), File.ReadAllBytes(folder[$"out/labels/{i}.png"]));
        Assert.All(LabelManifest.Read(folder["out/manifest.jsonl"]), entry => Assert.Equal("cityscapes", entry.LabelSpace));
    }

    [Fact]
    public void FolderToVideo_SideBySide_AndVideoToVideo()
    {
        using TemporaryFolder folder = new();
        Pictures.WriteFolder(folder["in"], 5);
        Edgesim.Run("translate", folder["in"], "--model", model.Bundle, "-o", folder["both.mp4"], "--side-by-side", "--video-rate", "12")
            .Good();
        Assert.Equal((128, 64, 5), Pictures.Video(folder["both.mp4"]));
        Edgesim.Run("translate", folder["both.mp4"], "--passthrough", "-o", folder["copy.mkv"], "-n", "3").Good();
        Assert.Equal((128, 64, 3), Pictures.Video(folder["copy.mkv"]));
        Assert.Equal(["both.mp4", "copy.mkv"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void RawFrames_FromStandardInputToStandardOutput_AreUnchanged()
    {
        byte[] frames = [.. Enumerable.Range(0, 5).SelectMany(i => Pictures.Noise(40, 30, i).Bgra)];
        ProcessResult result = Edgesim.Run(["translate", "-", "--camera", "40x30", "--passthrough", "-o", "-"],
            Edgesim.CacheHome.Path, frames).Good();
        Assert.Equal(frames, result.Output);

        result = Edgesim.Run(["translate", "-", "--camera", "40x30", "--passthrough", "-o", "-", "-n", "2"], Edgesim.CacheHome.Path, frames)
            .Good();
        Assert.Equal(frames[..(2 * 40 * 30 * 4)], result.Output);

        result = Edgesim.Run(["translate", "-", "--camera", "40x30", "--passthrough", "-o", "none"], Edgesim.CacheHome.Path, frames[..^7]);
        Assert.Contains("inside frame 4", result.OneError(ExitCode.BadInput));
    }

    [Fact]
    public void OptionsWithoutEffect_AreTold()
    {
        using TemporaryFolder folder = new();
        Pictures.WriteFolder(folder["in"], 1);
        string error = Edgesim.Run("translate", folder["in"], "--passthrough", "-o", folder["out"], "--tags", "--side-by-side", "--append")
            .Good().Error;
        foreach (string option in new[] { "--tags", "--side-by-side", "--append" })
            Assert.Contains($"warning: {option} has no effect", error);
        Assert.False(Path.Exists(folder["out/manifest.jsonl"]));
    }

    [Fact]
    public void RawFrames_Translated_HaveTheSourcesSize()
    {
        byte[] frames = [.. Enumerable.Range(0, 2).SelectMany(i => Pictures.Noise(100, 50, i).Bgra)];
        ProcessResult result = Edgesim.Run(["translate", "-", "--camera", "100x50", "--model", model.Bundle, "-o", "-"],
            Edgesim.CacheHome.Path, frames).Good();
        Assert.Equal(frames.Length, result.Output.Length);
        Assert.NotEqual(frames, result.Output);
    }

    [Fact]
    public void Seconds_EndTheRunWell()
    {
        using TemporaryFolder folder = new();
        using TownProcess town = new("--replay", "4", "--rate", "60");
        ProcessResult result = Edgesim.Run("translate", town.Address, "--camera", "64x64", "--passthrough", "-o", folder["v.mp4"],
            "--seconds", "1", "--json").Good();
        ReportJson report = ReportJson.Parse(result.Text);
        Assert.Equal(Pictures.Video(folder["v.mp4"]).Count, report.Frames + report.WarmUpFrames);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    public void Interrupted_LeavesAValidVideo_AndItsReport(int signal)
    {
        using TemporaryFolder folder = new();
        using TownProcess town = new("--replay", "4", "--rate", "400");
        using ProgramProcess program = Edgesim.Start("translate", town.Address, "--camera", "64x64", "--passthrough", "-o", folder["v.avi"],
            "--latency", folder["latency.json"]);
        program.Await(() => File.Exists(folder["v.part.avi"]) && new FileInfo(folder["v.part.avi"]).Length >= 100_000);
        program.Signal(signal);
        ProcessResult result = program.End();
        Assert.True(result.Code == (int)ExitCode.Interrupted, result.Error);
        Assert.DoesNotContain("error:", result.Error);
        ReportJson report = ReportJson.Parse(File.ReadAllText(folder["latency.json"]));
        Assert.Equal(Pictures.Video(folder["v.avi"]).Count, report.Frames + report.WarmUpFrames);
        Assert.Equal(["latency.json", "latency.png", "v.avi"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        // The server has its settings and nothing of ours.
        Edgesim.Run("translate", town.Address, "--camera", "64x64", "--passthrough", "-o", "none", "-n", "2").Good();
    }

    [Fact]
    public void Interrupted_InSynchronousMode_GivesTheServerBack()
    {
        using TownProcess town = new("--replay", "4", "--rate", "60");
        using ProgramProcess program =
            Edgesim.StartInBackground("translate", town.Address, "--sync", "--camera", "64x64", "--passthrough", "-o", "-");
        program.Read(64 * 64 * 4 * 3);
        program.Signal(2);
        Assert.Equal((int)ExitCode.Interrupted, program.End().Code);
        // A frozen server would give this asynchronous client no frame.
        Edgesim.Run("translate", town.Address, "--camera", "64x64", "--passthrough", "-o", "none", "-n", "5", "--seconds", "30").Good();
    }
}
