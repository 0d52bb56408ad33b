using System.Text.Json.Nodes;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Tests.Support;

namespace EdgeSimToReal.Runtime.Tests.Bundles;

/// <summary>A bundle's guard: what it may be, and that manifest and files stay one.</summary>
public sealed class BundleGuardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Folder => _folder["bundle"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AddedGuard_IsReadBack_WithWhatItsFileSays()
    {
        BundleGuard guard = GuardedModels.Bundle(Folder).Manifest.Guard!;
        Assert.Equal((GuardedModels.GuardId, "colour", "shared10", 64, 32),
            (guard.Id, guard.Architecture, guard.LabelSpace, guard.Width, guard.Height));
        Assert.Equal(BundleNormalisation.SignedUnit, guard.Normalisation);
        Assert.Equal(3 * 10 * 64 * 32, guard.MultiplyAccumulates);
        Assert.Equal(new BundleTrainingData("paint", 3, "guard", "none"), Assert.Single(guard.TrainingData));
        Assert.Null(guard.Threshold);
    }

    [Fact]
    public void AnotherGuard_TakesItsPlace_AndTheOldFileGoes()
    {
        GuardedModels.Bundle(Folder, GuardedModels.Threshold());
        string old = GuardFile();
        ColourJudge.Write(_folder["other.onnx"], LabelSpaces.Common16, "ffff456789abcdef");
        BundleGuardWriter.Add(Folder, _folder["other.onnx"], 96, 48);
        BundleGuard guard = ModelBundle.Load(Folder).Manifest.Guard!;
        Assert.Equal(("ffff456789abcdef", "common16", 96), (guard.Id, guard.LabelSpace, guard.Width));
        Assert.Null(guard.Threshold); // the old one's threshold is none of the new one's
        Assert.False(File.Exists(old));
        Assert.Single(Directory.GetFiles(Folder, "guard-*"));
    }

    [Fact]
    public void Threshold_IsReadBack()
    {
        BundleGuardThreshold threshold = GuardedModels.Threshold(-2.5);
        Assert.Equal(threshold, GuardedModels.Bundle(Folder, threshold).Manifest.Guard!.Threshold);
        TestModels.Bundle(_folder["none"]);
        Assert.Contains("carries no label guard",
            Assert.Throws<EdgeSimException>(() => BundleGuardWriter.Calibrate(_folder["none"], threshold)).Message);
    }

    [Fact]
    public void OuterSegmenter_IsRefused_WhenAddedAndWhenLoaded()
    {
        GuardedModels.Bundle(Folder);
        Edit(manifest => manifest["teachers"] = new JsonArray("1111", GuardedModels.GuardId));
        string message = Refused(() => ModelBundle.Load(Folder));
        Assert.Contains($"({GuardedModels.GuardId}) took part in the training of this bundle", message);
        Assert.Contains("trained apart", message);

        BundleWriter.Write(Folder, TestModels.Weights(SaeConfiguration.Tiny),
            TestModels.Description with { Teachers = [GuardedModels.GuardId] }, "");
        string before = File.ReadAllText(Path.Combine(Folder, BundleManifest.FileName));
        Assert.Contains("took part in the training",
            Refused(() => BundleGuardWriter.Add(Folder, _folder["colours.onnx"], 64, 32)));
        Assert.Equal(before, File.ReadAllText(Path.Combine(Folder, BundleManifest.FileName)));
    }

    [Fact]
    public void GuardOfMoreThanAGiga_IsRefused_AndTheBundleStaysWhole()
    {
        TestModels.Bundle(Folder);
        ColourJudge.Write(_folder["colours.onnx"], LabelSpaces.Shared10);
        // 30 multiplications a pixel.
        string message = Refused(() => BundleGuardWriter.Add(Folder, _folder["colours.onnx"], 8192, 4096));
        Assert.Contains("1.01 GMAC at 8192x4096, and a label guard has at most 1", message);
        Assert.Null(ModelBundle.Load(Folder).Manifest.Guard);
    }

    [Fact]
    public void SegmenterWithoutId_OrOfClassesThatTagsDoNotMapTo_OrNone_IsRefused()
    {
        TestModels.Bundle(Folder);
        ColourJudge.Write(_folder["camvid.onnx"], LabelSpaces.CamVid11);
        Assert.Contains("can't be mapped to 'camvid11'", Refused(() => BundleGuardWriter.Add(Folder, _folder["camvid.onnx"], 64, 32)));
        Assert.Contains("too small", Refused(() => BundleGuardWriter.Add(Folder, Written("a.onnx"), 64, 8)));
        Assert.Contains("can't run at 100x32", Refused(() => BundleGuardWriter.Add(Folder, Written("a.onnx"), 100, 32)));
        Assert.Contains("Can't read the segmenter", Refused(() => BundleGuardWriter.Add(Folder, _folder["nowhere.onnx"], 64, 32)));
        File.WriteAllText(_folder["text.onnx"], "no graph");
        Assert.Contains("not an ONNX model", Refused(() => BundleGuardWriter.Add(Folder, _folder["text.onnx"], 64, 32)));
        string generator = Path.Combine(Folder, "generator.onnx");
        Assert.Contains("does not tell the label space", Refused(() => BundleGuardWriter.Add(Folder, generator, 64, 32)));
    }

    [Fact]
    public void ManifestThatTellsAnotherGuard_IsRefused()
    {
        GuardedModels.Bundle(Folder);
        Edit(manifest => manifest["guard"]!["id"] = "0000");
        Assert.Contains("says the label guard 0000", Refused(() => ModelBundle.Load(Folder)));
        GuardedModels.Bundle(Folder, GuardedModels.Threshold());
        Edit(manifest => manifest["guard"]!["threshold"]!["kept"]!["deviation"] = 0);
        Assert.Contains("a threshold that is none", Refused(() => ModelBundle.Load(Folder)));
        GuardedModels.Bundle(Folder, GuardedModels.Threshold() with { Objects = new(0, 1) });
        Assert.Equal(new BundleGuardMeasure(0, 1), ModelBundle.Load(Folder).Manifest.Guard!.Threshold!.Objects);
        Edit(manifest => manifest["guard"]!["threshold"]!["objects"]!["deviation"] = -1);
        Assert.Contains("a threshold that is none", Refused(() => ModelBundle.Load(Folder)));
        GuardedModels.Bundle(Folder);
        Edit(manifest => manifest["files"]!.AsObject().Remove("guard"));
        Assert.Contains("lists no file of it", Refused(() => ModelBundle.Load(Folder)));
        GuardedModels.Bundle(Folder);
        byte[] content = File.ReadAllBytes(GuardFile());
        content[^1] ^= 1;
        File.WriteAllBytes(GuardFile(), content);
        Assert.Contains("does not have the checksum", Refused(() => ModelBundle.Load(Folder)));
    }

    private string GuardFile() => Directory.GetFiles(Folder, "guard-*").Single();

    private string Written(string name)
    {
        ColourJudge.Write(_folder[name], LabelSpaces.Shared10);
        return _folder[name];
    }

    private static string Refused(Action action)
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(action);
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
        return error.Message;
    }

    private void Edit(Action<JsonObject> change)
    {
        string path = Path.Combine(Folder, BundleManifest.FileName);
        JsonObject manifest = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(manifest);
        File.WriteAllText(path, manifest.ToJsonString());
    }
}
