using System.Text.Json;
using EdgeSimToReal.Cli.Tests.Support;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging;

namespace EdgeSimToReal.Cli.Tests;

/// <summary>export, info, bake, doctor and demo.</summary>
public class ModelCommandTests(TinyModel model)
{
    private const string Description = """
        { "name": "exported", "description": "A test.", "licence": "none", "defaultWidth": 64, "defaultHeight": 64,
          "trainingData": [ { "name": "noise", "images": 3, "role": "texture", "licence": "none" } ], "metrics": { "accuracy": 0.5 } }
        """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Export_WritesABundleThatTranslates(bool withMetadata)
    {
        using TemporaryFolder folder = new();
        string[] command = ExportCommand(folder, withMetadata);
        string photo = Pictures.WriteFolder(folder["photos"], 1, 90, 80)[0];
        if (!withMetadata)
            command = [.. command, "--preset", "tiny"];
        ProcessResult result = Edgesim.Run([.. command, "--texture", $"dusk={photo}", "--json"]).Good();
        JsonElement manifest = JsonDocument.Parse(result.Text).RootElement;
        Assert.Equal("exported", manifest.GetProperty("name").GetString());
        Assert.Equal("tiny", manifest.GetProperty("preset").GetString());
        string info = Edgesim.Run("info", folder["bundle"], "--json").Good().Text;
        Assert.Equal(result.Text, info);
        string text = Edgesim.Run("info", folder["bundle"]).Good().Text;
        Assert.Contains("generator.onnx", text);
        Assert.Contains("verified", text);
        Edgesim.Run("translate", folder["photos"], "--model", folder["bundle"], "-t", "dusk", "-o", folder["out"]).Good();
        Assert.Equal((90, 80), (ImageFile.Read(folder["out/0.png"]).Width, ImageFile.Read(folder["out/0.png"]).Height));
    }

    [Fact]
    public void Export_WeightsWithoutAKey_NamesIt_AndWritesNothing()
    {
        using TemporaryFolder folder = new();
        string[] command = ExportCommand(folder, withMetadata: true);
        string key = Core.Networks.SaeConfiguration.Tiny.GeneratorParameters().First().Name;
        TinyModel.WriteWeights(folder["weights.safetensors"], withMetadata: true, without: key);
        Assert.Contains(key, Edgesim.Run(command).OneError(ExitCode.BadInput));
        Assert.False(Path.Exists(folder["bundle"]));
    }

    [Theory]
    [InlineData("preset", ExitCode.BadInput, "full, edge, edge-pyramid, tiny")]
    [InlineData("metadata", ExitCode.BadInput, "E.")] // taken for the paper's sizes, which these weights do not have
    [InlineData("weights", ExitCode.BadInput, "weights.safetensors")]
    [InlineData("description", ExitCode.BadInput, "description.json")]
    [InlineData("card", ExitCode.BadInput, "card.md")]
    [InlineData("texture", ExitCode.Usage, "NAME=PHOTO")]
    [InlineData("twice", ExitCode.Usage, "'a'")]
    public void Export_WithSomethingWrong_WritesNothing(string wrong, ExitCode code, string expected)
    {
        using TemporaryFolder folder = new();
        string[] command = ExportCommand(folder, withMetadata: wrong != "metadata");
        string photo = Pictures.WriteFolder(folder["photos"], 1)[0];
        string[] extra = [];
        switch (wrong)
        {
            case "preset":
                extra = ["--preset", "huge"];
                break;
            case "weights":
                File.WriteAllBytes(folder["weights.safetensors"], File.ReadAllBytes(folder["weights.safetensors"])[..5000]);
                break;
            case "description":
                File.WriteAllText(folder["description.json"], "{ \"name\": \"x\" }");
                break;
            case "card":
                File.Delete(folder["card.md"]);
                break;
            case "texture":
                extra = ["--texture", photo];
                break;
            case "twice":
                extra = ["--texture", $"a={photo}", "--texture", $"a={photo}"];
                break;
        }
        Assert.Contains(expected, Edgesim.Run([.. command, .. extra]).OneError(code));
        Assert.False(Path.Exists(folder["bundle"]));
    }

    [Fact]
    public void Bake_FillsTheCache_WhichTheNextStartUses()
    {
        using TemporaryFolder folder = new();
        string[] command = ["bake", "--model", model.Bundle, "-t", "dawn", "--size", "64x48"];
        ProcessResult first = Edgesim.Run([.. command, "-o", folder["live.onnx"]], folder["cache"]).Good();
        Assert.StartsWith("Baked tiny for 64x48, texture dawn", first.Error);
        string cached = Assert.Single(Directory.GetFiles(folder["cache"], "*", SearchOption.AllDirectories));
        ProcessResult second = Edgesim.Run([.. command, "-o", folder["again.onnx"]], folder["cache"]).Good();
        Assert.StartsWith("Found tiny", second.Error);
        Assert.Equal(File.ReadAllBytes(folder["live.onnx"]), File.ReadAllBytes(folder["again.onnx"]));

        // A damaged entry is noticed and baked anew; without cache nothing is read or written.
        File.WriteAllBytes(cached, File.ReadAllBytes(cached)[..1000]);
        Assert.StartsWith("Baked", Edgesim.Run(command, folder["cache"]).Good().Error);
        Assert.StartsWith("Baked", Edgesim.Run([.. command, "--no-cache"], folder["unused"]).Good().Error);
        Assert.False(Directory.Exists(folder["unused"]));
        Assert.Empty(first.Output);
    }

    [Fact]
    public void Bake_StoresTheTextureOfAPhoto_ForLater()
    {
        using TemporaryFolder folder = new();
        string[] photos = Pictures.WriteFolder(folder["photos"], 2, 120, 90);
        string stored = folder["mean.safetensors"];
        Edgesim.Run(["bake", "--model", model.Bundle, "-t", .. photos, "--save-texture", stored, "-o", folder["a.onnx"]]).Good();
        Edgesim.Run("bake", "--model", model.Bundle, "-t", stored, "-o", folder["b.onnx"]).Good();
        Edgesim.Run("bake", "--model", model.Bundle, "-t", photos[0], "-o", folder["c.onnx"]).Good();
        Assert.Equal(File.ReadAllBytes(folder["a.onnx"]), File.ReadAllBytes(folder["b.onnx"]));
        Assert.NotEqual(File.ReadAllBytes(folder["a.onnx"]), File.ReadAllBytes(folder["c.onnx"]));
    }

    [Fact]
    public void Doctor_ChecksEverything_ForPeopleAndMachines()
    {
        JsonElement[] findings = [.. JsonDocument.Parse(Edgesim.Run("doctor", "--json").Good().Text).RootElement.EnumerateArray()];
        // What edgesim-train says of training depends on whether it is installed.
        Assert.Equal(
            [
                "processor", "caches", "threads", "ONNX Runtime", "native operators", "convolution library", "OpenCV", "video encoder", "GPU",
                "training", "model", "bake cache",
            ],
            findings.Select(finding => finding.GetProperty("check").GetString()!.Split(':')[0]).Distinct());
        string text = Edgesim.Run("doctor").Good().Text;
        foreach (JsonElement finding in findings)
        {
            Assert.Contains(finding.GetProperty("verdict").GetString(), new[] { "Good", "Optional" });
            Assert.Contains(finding.GetProperty("check").GetString()!, text);
        }
    }

    [Fact]
    public void Doctor_CacheThatCannotBeWritten_SaysHowToMendIt()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["file"], "");
        ProcessResult result = Edgesim.Run(["doctor", "--json"], folder["file"]).Good();
        JsonElement cache = JsonDocument.Parse(result.Text).RootElement.EnumerateArray().Last();
        Assert.Equal("Optional", cache.GetProperty("verdict").GetString());
        Assert.Contains("XDG_CACHE_HOME", cache.GetProperty("mend").GetString());
        // And work goes on without it.
        Edgesim.Run(["bake", "--model", model.Bundle], folder["file"]).Good();
    }

    [Fact]
    public void Demo_LeavesVideoSheetAndReport()
    {
        using TemporaryFolder folder = new();
        ProcessResult result = Edgesim.Run("demo", "--frames", "4", "--model", model.Bundle, "-o", folder["out"]).Good();
        Assert.Empty(result.Output);
        Assert.Equal(["contact-sheet.png", "demo.mp4", "latency.json", "latency.png"],
            Directory.GetFiles(folder["out"]).Select(Path.GetFileName).Order());
        Assert.Equal((2 * TinyModel.Side, TinyModel.Side, 4), Pictures.Video(folder["out/demo.mp4"]));
        Frame sheet = ImageFile.Read(folder["out/contact-sheet.png"]);
        Assert.True(sheet.Width > 5 * TinyModel.Side && sheet.Height > 3 * TinyModel.Side); // five scenes; simulator and two textures
        ReportJson report = ReportJson.Parse(File.ReadAllText(folder["out/latency.json"]));
        Assert.Equal(4, report.Frames + report.WarmUpFrames);
        Assert.Equal(report.Frames, report.Count("tickToLastByte"));
    }

    [Fact]
    public void ShippedModel_IsTheDefault_AndTranslates()
    {
        Assert.Contains("edge-pyramid", Edgesim.Run("info").Good().Text);
        using TemporaryFolder folder = new();
        Pictures.WriteFolder(folder["in"], 1, 128, 64);
        ProcessResult result = Edgesim.Run("translate", folder["in"], "--size", "128x64", "-t", "day", "dusk", "-o", folder["out"]).Good();
        Assert.Contains("day + dusk", result.Error);
        Assert.True(File.Exists(folder["out/0.png"]));
    }

    private static string[] ExportCommand(TemporaryFolder folder, bool withMetadata)
    {
        TinyModel.WriteWeights(folder["weights.safetensors"], withMetadata);
        File.WriteAllText(folder["description.json"], Description);
        File.WriteAllText(folder["card.md"], "# Exported\n");
        return ["export", folder["weights.safetensors"], "--description", folder["description.json"], "--card", folder["card.md"], "-o",
            folder["bundle"]];
    }
}
