using System.Text.Json;
using EdgeSimToReal.Cli.Tests.Support;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Runtime.Bundles;

namespace EdgeSimToReal.Cli.Tests;

/// <summary>The label guard through the whole program: added, calibrated, tested, and each policy on the Town's camera.</summary>
public sealed class GuardCommandTests : IDisposable
{
    private const int Frames = 6;

    private readonly TemporaryFolder _folder = new();

    public GuardCommandTests(TinyModel model)
    {
        model.CopyTo(Bundle);
        ColourJudge.Write(_folder["guard.onnx"], LabelSpaces.Shared10, "feedfeedfeedfeed");
    }

    private string Bundle => _folder["bundle"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AddCalibrateAndTest_EndInAReport()
    {
        string added = Edgesim.Run("guard", "add", Bundle, "--segmenter", _folder["guard.onnx"], "--size", "64x32").Good().Error;
        Assert.Contains("feedfeedfeedfeed", added);
        Assert.Contains("not calibrated", Edgesim.Run("info", Bundle).Good().Text);
        Pictures.WriteLabelled(_folder["frames"], 24, LabelSpaces.Carla23);
        string[] frames = ["--frames", _folder["frames"], "--labels", "carla23", "--threads", "1"];
        Assert.Contains("guard calibrate", Edgesim.Run(["guard", "test", Bundle, .. frames, "-o", _folder["test.json"]],
            Edgesim.CacheHome.Path).OneError(ExitCode.BadInput));
        Assert.Contains("24 labelled frames are too few", Edgesim.Run(["guard", "calibrate", Bundle, .. frames, "--rate", "0.01"],
            Edgesim.CacheHome.Path).OneError(ExitCode.BadInput));
        Edgesim.Run(["guard", "calibrate", Bundle, .. frames, "--rate", "0.1"], Edgesim.CacheHome.Path).Good();
        BundleGuardThreshold threshold = ModelBundle.Load(Bundle).Manifest.Guard!.Threshold!;
        Assert.Equal((0.1, 24, "dawn, noon", 64, 64),
            (threshold.FalseAlarmRate, threshold.Frames, threshold.Texture, threshold.Width, threshold.Height));
        Assert.Contains("fails below", Edgesim.Run("info", Bundle).Good().Text);

        ProcessResult result = Edgesim.Run(["guard", "test", Bundle, .. frames, "-o", _folder["test.json"], "--json"],
            Edgesim.CacheHome.Path).Good();
        Assert.Equal(File.ReadAllText(_folder["test.json"]), result.Text);
        JsonElement report = JsonDocument.Parse(result.Text).RootElement;
        Assert.Equal(24, report.GetProperty("frames").GetInt32());
        // The very frames that it was calibrated on: none of the twelve that set the threshold lies below the least of them.
        Assert.InRange(report.GetProperty("falseAlarms").GetDouble(), 0, 4 / 24.0);
        Assert.InRange(report.GetProperty("changedObjects").GetDouble(), 0, 1);
        JsonElement[] cases = [.. report.GetProperty("cases").EnumerateArray()];
        Assert.Equal(["another frame's tags", "tags 16 pixels right", "tags 16 pixels left", "tags 16 pixels down", "tags 16 pixels up",
            "vehicles erased", "vehicles pasted in"], cases.Select(test => test.GetProperty("name").GetString()));
        Assert.All(cases, test => Assert.All(["area", "alignmentArea", "keptArea", "objectsArea"],
            area => Assert.InRange(test.GetProperty(area).GetDouble(), 0, 1)));
        Assert.True(ImageFile.Read(_folder["test.png"]).Width > 100);
    }

    [Theory]
    [InlineData("report")]
    [InlineData("flag")]
    [InlineData("passthrough")]
    public void Policies_DoWhatTheySay_OnTheTownsCamera(string policy)
    {
        // Nothing is good enough for this threshold: every frame that is judged fails.
        AddCalibrated(1e6);
        ProcessResult run = Translate("town://", "live", "--sync", "--camera", "64x64", "-n", $"{Frames}", "--guard", policy,
            "--guard-every", "1", "--latency", _folder["latency.json"]).Good();
        JsonElement report = JsonDocument.Parse(File.ReadAllText(_folder["latency.json"])).RootElement;
        JsonElement guard = report.GetProperty("guard");
        long judged = guard.GetProperty("checkedFrames").GetInt64();
        Assert.Equal((policy, Frames), (guard.GetProperty("policy").GetString(), judged + guard.GetProperty("missedFrames").GetInt64()));
        Assert.InRange(judged, 1, Frames);
        Assert.Equal(judged, guard.GetProperty("flagged").GetInt64());
        Assert.Equal(policy == "passthrough" ? Frames : 0, guard.GetProperty("passedThrough").GetInt64());
        Assert.InRange(guard.GetProperty("meanIoU").GetDouble(), 0, 1);
        Assert.NotEmpty(guard.GetProperty("classIoU").EnumerateObject());
        Assert.True(report.GetProperty("stagesMilliseconds").GetProperty("guard").GetProperty("count").GetInt64() > 0);
        Assert.Equal(policy == "flag", run.Error.Contains("did not survive", StringComparison.Ordinal));
        Assert.Contains("label guard: ", run.Error);
        Assert.Equal(Frames, LabelManifest.Read(_folder["live/manifest.jsonl"]).Count); // the tag camera came on by itself
    }

    [Theory]
    [InlineData("flag", 1e6)]
    [InlineData("passthrough", 1e6)]
    [InlineData("passthrough", -1e6)]
    public void WhatGoesOut_IsTheSimulatorsFrameWherePassthroughFails_ElseTheTranslation(string policy, double threshold)
    {
        AddCalibrated(threshold);
        // The Town's pictures and tags as a labelled folder, so that every run has the same ones.
        Edgesim.Run("translate", "town://", "--sync", "--tags", "--camera", "64x64", "--passthrough", "-o", _folder["raw"],
            "-n", $"{Frames}").Good();
        Translate(_folder["raw"], "out", "--guard", policy, "--latency", _folder["latency.json"]).Good();
        Translate(_folder["raw"], "plain").Good();
        IReadOnlyList<LabelManifestEntry> entries = LabelManifest.Read(_folder["out/manifest.jsonl"]);
        Assert.Equal(Frames, entries.Count);
        bool passed = policy == "passthrough" && threshold > 0;
        foreach (LabelManifestEntry entry in entries)
        {
            Assert.Equal(ImageFile.Read(_folder[$"{(passed ? "raw" : "plain")}/{entry.Image}"]).Bgra,
                ImageFile.Read(_folder[$"out/{entry.Image}"]).Bgra);
            Assert.Equal(File.ReadAllBytes(_folder[$"raw/{entry.Label}"]), File.ReadAllBytes(_folder[$"out/{entry.Label}"]));
        }
        JsonElement guard = JsonDocument.Parse(File.ReadAllText(_folder["latency.json"])).RootElement.GetProperty("guard");
        Assert.Equal(passed ? Frames : 0, guard.GetProperty("passedThrough").GetInt32());
    }

    [Fact]
    public void WhatCannotBeGuarded_IsToldAtTheStart()
    {
        Assert.Contains("carries no label guard", Translate("town://", "out", "--guard", "report").OneError(ExitCode.BadInput));
        Edgesim.Run("guard", "add", Bundle, "-s", _folder["guard.onnx"], "--size", "64x32").Good();
        Assert.Contains("not calibrated", Translate("town://", "out", "--guard", "flag").OneError(ExitCode.BadInput));
        AddCalibrated(0);
        Assert.Contains("every frame",
            Translate("town://", "out", "--guard", "passthrough", "--guard-every", "2").OneError(ExitCode.Usage));
        Pictures.WriteFolder(_folder["in"], 2);
        string error = Edgesim.Run("translate", _folder["in"], "--model", Bundle, "-o", _folder["out"], "--guard", "report")
            .OneError(ExitCode.BadInput);
        Assert.Contains("The label guard compares pictures with their labels", error);
        Assert.Contains("--guard off", error);
        Assert.False(Path.Exists(_folder["out"]));
    }

    [Fact]
    public void FramesThatTheGuardWasNotCalibratedFor_AreTold()
    {
        AddCalibrated(0);
        string side = $"{TinyModel.Side}x{TinyModel.Side}";
        Pictures.WriteFolder(_folder["photographs"], 1);
        File.Move(Directory.GetFiles(_folder["photographs"])[0], _folder["photographs/dawn.png"]);
        (string Size, string Texture, bool Told)[] runs =
            [(side, "dawn", false), ($"{2 * TinyModel.Side}x{TinyModel.Side}", "dawn", true), (side, _folder["photographs/dawn.png"], true)];
        foreach ((string size, string texture, bool told) in runs)
        {
            ProcessResult run = Translate("town://", "live", "--sync", "--camera", "64x64", "-n", "2", "--fit", "stretch", "--size", size,
                "--texture", texture, "--guard", "report", "--latency", _folder["latency.json"]).Good();
            Assert.Equal(told, run.Error.Contains("The label guard was calibrated at", StringComparison.Ordinal));
            Directory.Delete(_folder["live"], recursive: true);
            JsonElement guard = JsonDocument.Parse(File.ReadAllText(_folder["latency.json"])).RootElement.GetProperty("guard");
            Assert.Equal(told, !guard.TryGetProperty("falseAlarmRate", out JsonElement rate) || rate.ValueKind == JsonValueKind.Null);
        }
    }

    [Fact]
    public void OuterSegmenter_IsRefused()
    {
        string path = Path.Combine(Bundle, BundleManifest.FileName);
        BundleManifest manifest = BundleManifestJson.Read(File.ReadAllText(path), path) with { Teachers = ["feedfeedfeedfeed"] };
        File.WriteAllText(path, BundleManifestJson.Write(manifest));
        Assert.Contains("took part in the training of this bundle",
            Edgesim.Run("guard", "add", Bundle, "-s", _folder["guard.onnx"]).OneError(ExitCode.BadInput));
    }

    [Fact]
    public void AModelWithoutTextures_NeedsOne()
    {
        AddCalibrated(0);
        string path = Path.Combine(Bundle, BundleManifest.FileName);
        BundleManifest manifest = BundleManifestJson.Read(File.ReadAllText(path), path);
        File.WriteAllText(path, BundleManifestJson.Write(manifest with
        {
            Files = manifest.Files.Where(file => !file.Key.StartsWith(BundleRoles.TexturePrefix, StringComparison.Ordinal)).ToDictionary(),
        }));
        Pictures.WriteLabelled(_folder["frames"], 2, LabelSpaces.Carla23);
        string[] frames = ["--frames", _folder["frames"], "--labels", "carla23"];
        Assert.Contains("No texture was given", Edgesim.Run(["guard", "test", Bundle, .. frames, "-o", _folder["test.json"]],
            Edgesim.CacheHome.Path).OneError(ExitCode.Usage));
    }

    private void AddCalibrated(double score)
    {
        BundleGuardWriter.Add(Bundle, _folder["guard.onnx"], 64, 32);
        BundleGuardWriter.Calibrate(Bundle, new BundleGuardThreshold
        {
            Score = score,
            Alignment = new BundleGuardMeasure(0, 1),
            Kept = new BundleGuardMeasure(0, 1),
            FalseAlarmRate = 0.05,
            Frames = 100,
            Texture = "dawn",
            Width = TinyModel.Side,
            Height = TinyModel.Side,
        });
    }

    private ProcessResult Translate(string source, string output, params string[] options) => Edgesim.Run(
        ["translate", source, "--model", Bundle, "-o", _folder[output], .. options], Edgesim.CacheHome.Path);
}
