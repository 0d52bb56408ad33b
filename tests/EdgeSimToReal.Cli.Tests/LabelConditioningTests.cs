using EdgeSimToReal.Cli.Tests.Support;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging;

namespace EdgeSimToReal.Cli.Tests;

/// <summary>A model that is conditioned on labels, through the whole program.</summary>
public class LabelConditioningTests(TinyModel model)
{
    [Fact]
    public void Town_GivesItsTagsUnasked_AndOtherTagsGiveAnotherPicture()
    {
        using TemporaryFolder folder = new();
        const int frames = 3;
        Edgesim.Run("translate", "town://", "--sync", "--camera", "64x64", "--model", model.ConditionedBundle, "-o", folder["live"],
            "-n", $"{frames}").Good();
        IReadOnlyList<LabelManifestEntry> live = LabelManifest.Read(folder["live/manifest.jsonl"]);
        Assert.Equal(frames, live.Count);

        // The Town's pictures and tags as a labelled folder: the same pictures once with their own tags, once with road everywhere.
        Edgesim.Run("translate", "town://", "--sync", "--tags", "--camera", "64x64", "--passthrough", "-o", folder["own"],
            "-n", $"{frames}").Good();
        Directory.CreateDirectory(folder["road"]);
        File.Copy(folder["own/manifest.jsonl"], folder["road/manifest.jsonl"]);
        foreach (LabelManifestEntry entry in LabelManifest.Read(folder["own/manifest.jsonl"]))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[$"road/{entry.Image}"])!);
            File.Copy(folder[$"own/{entry.Image}"], folder[$"road/{entry.Image}"]);
            byte[] road = new byte[64 * 64];
            Array.Fill(road, LabelSpaces.Carla29.Classes.Single(c => c.Name == "road").Id);
            LabelFile.Write(folder[$"road/{entry.Label}"], 64, 64, road);
        }
        foreach (string name in new[] { "own", "road" })
            Edgesim.Run("translate", folder[name], "--model", model.ConditionedBundle, "-o", folder[$"{name}-translated"]).Good();
        foreach (LabelManifestEntry entry in LabelManifest.Read(folder["own/manifest.jsonl"]))
        {
            byte[] own = ImageFile.Read(folder[$"own-translated/{entry.Image}"]).Bgra;
            byte[] road = ImageFile.Read(folder[$"road-translated/{entry.Image}"]).Bgra;
            double difference = own.Zip(road, (a, b) => Math.Abs(a - b)).Average();
            Assert.True(difference > 1, $"{entry.Image} differs by {difference} grey levels.");
        }
    }

    [Fact]
    public void SourcesWithoutTags_AreRefusedAtTheStart()
    {
        using TemporaryFolder folder = new();
        Pictures.WriteFolder(folder["in"], 2);
        Edgesim.Run("translate", folder["in"], "--passthrough", "-o", folder["v.mp4"], "--video-rate", "10").Good();
        foreach (string[] source in new string[][] { [folder["in"]], [folder["v.mp4"]], ["-", "--camera", "64x64"] })
        {
            string error = Edgesim.Run(["translate", .. source, "--model", model.ConditionedBundle, "-o", folder["out"]],
                Edgesim.CacheHome.Path, new byte[64 * 64 * 4]).OneError(ExitCode.BadInput);
            Assert.Contains("conditioned on labels", error);
            Assert.Contains("--tags", error);
            Assert.False(Path.Exists(folder["out"]));
        }
        Edgesim.Run("translate", folder["in"], "--passthrough", "-o", folder["out"]).Good(); // without the model they are good
    }

    [Fact]
    public void LabelledFolder_IsTranslated_AndKeepsItsLabels()
    {
        using TemporaryFolder folder = new();
        Pictures.WriteLabelled(folder["in"], 2, LabelSpaces.CityscapesIds);
        Edgesim.Run("translate", folder["in"], "--labels", "cityscapes", "--model", model.ConditionedBundle, "-o", folder["out"]).Good();
        Assert.Equal(File.ReadAllBytes(folder["in/labels/1.png"]), File.ReadAllBytes(folder["out/labels/1.png"]));
        Assert.NotEqual(ImageFile.Read(folder["in/images/1.png"]).Bgra, ImageFile.Read(folder["out/images/1.png"]).Bgra);
    }

    [Fact]
    public void DemoAndInfo_WorkWithIt()
    {
        using TemporaryFolder folder = new();
        Edgesim.Run("demo", "--frames", "3", "--model", model.ConditionedBundle, "-o", folder["out"]).Good();
        Assert.Equal((2 * TinyModel.Side, TinyModel.Side, 3), Pictures.Video(folder["out/demo.mp4"]));
        Assert.Contains("common16", Edgesim.Run("info", model.ConditionedBundle).Good().Text);
        Assert.DoesNotContain("conditioned", Edgesim.Run("info", model.Bundle).Good().Text);
    }
}
