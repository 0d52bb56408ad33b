using System.Security.Cryptography;
using System.Text.Json;
using EdgeSimToReal.Cli.Tests.Support;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging;

namespace EdgeSimToReal.Cli.Tests;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _command;

    public EvaluateCommandTests(TinyModel model)
    {
        ColourJudge.Write(_folder["judge.onnx"], LabelSpaces.Shared10);
        Pictures.WriteLabelled(_folder["sim"], 4, LabelSpaces.Carla23);
        Pictures.WriteLabelled(_folder["real"], 5, LabelSpaces.CamVid11);
        ImageFile.Write(_folder["photo.png"], Pictures.Noise(90, 80, 3));
        _command =
        [
            "evaluate", "--model", model.Bundle, "--judge", _folder["judge.onnx"], "--structures", _folder["sim"], "--structure-labels",
            "carla23", "--textures", _folder["photo.png"], "--real", _folder["real"], "--real-labels", "camvid11", "--replicates", "20",
            "--threads", "1", "-o", _folder["report"],
        ];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Evaluate_WritesTheWholeReport()
    {
        ProcessResult result = Edgesim.Run([.. _command, "--limit", "3", "--video-frames", "4", "--json"]).Good();
        Assert.Equal(File.ReadAllText(_folder["report/report.json"]), result.Text);
        JsonElement report = JsonDocument.Parse(result.Text).RootElement;
        Assert.Equal(["translated", "colour transfer", "colour by class", "untranslated", "real"],
            report.GetProperty("readings").EnumerateArray().Select(reading => reading.GetProperty("set").GetString()));
        Assert.Equal(3, report.GetProperty("readings")[0].GetProperty("images").GetInt32());
        Assert.Contains("evaluate --model", report.GetProperty("command").GetString());
        JsonElement stability = report.GetProperty("stability");
        Assert.Equal((4, "exact", 0), (stability.GetProperty("frames").GetInt32(), stability.GetProperty("flow").GetString(),
            stability.GetProperty("staticDifference").GetInt32()));
        // The Town's own pictures follow their motion, or the flow would be wrong; the golden weights' noise does not.
        double source = stability.GetProperty("sourceWarpingError").GetDouble();
        Assert.InRange(source, 0, 0.01);
        Assert.InRange(stability.GetProperty("compared").GetDouble(), 0.5, 1);
        Assert.Equal((1000, 600), (ImageFile.Read(_folder["report/iou.png"]).Width, ImageFile.Read(_folder["report/distance.png"]).Height));
        Assert.Contains("not FID", File.ReadAllText(_folder["report/report.md"]));
        Assert.Contains("names no teachers", result.Error);
    }

    [Fact]
    public void Evaluate_FramesInOrder_HaveTheirMotionEstimated()
    {
        string text = Edgesim.Run([.. _command, "--video", _folder["sim"], "--video-frames", "3", "--json"]).Good().Text;
        JsonElement report = JsonDocument.Parse(text).RootElement, stability = report.GetProperty("stability");
        Assert.Equal((3, "Farneback"), (stability.GetProperty("frames").GetInt32(), stability.GetProperty("flow").GetString()));
        JsonElement video = report.GetProperty("data").EnumerateArray().Last();
        Assert.Equal(("video", _folder["sim"], 3), (video.GetProperty("role").GetString(), video.GetProperty("path").GetString(),
            video.GetProperty("images").GetInt32()));
        byte[] used = [.. Enumerable.Range(0, 3).SelectMany(i => new[] { $"sim/images/{i}.png", $"sim/labels/{i}.png" })
            .SelectMany(file => File.ReadAllBytes(_folder[file]))];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(used)), video.GetProperty("sha256").GetString());
    }

    [Fact]
    public void Evaluate_AForeignJudge_ReadsAsItIsTold()
    {
        ColourJudge.WriteForeign(_folder["foreign.onnx"], LabelSpaces.Shared10);
        string[] command = [.. _command.Select(word => word == _folder["judge.onnx"] ? _folder["foreign.onnx"] : word)];
        Assert.Contains("--judge-space", Edgesim.Run(command).OneError(ExitCode.BadInput));
        string text = Edgesim.Run([.. command, "--judge-space", "shared10", "--judge-scale", "2", "--video", "none", "--class-colours",
            _folder["real"], "--json"]).Good().Text;
        JsonElement judge = JsonDocument.Parse(text).RootElement.GetProperty("judge");
        Assert.Equal(("foreign", 2.0), (judge.GetProperty("architecture").GetString(), judge.GetProperty("scale").GetDouble()));
    }

    [Fact]
    public void Evaluate_WithSomethingWrong_WritesNothing()
    {
        File.WriteAllText(_folder["text.onnx"], "no model");
        Assert.Contains("text.onnx", Edgesim.Run(With(_folder["judge.onnx"], _folder["text.onnx"])).OneError(ExitCode.BadInput));
        Assert.Contains("carla99", Edgesim.Run(With("carla23", "carla99")).OneError(ExitCode.Usage));
        Assert.Contains("pytorch-fid, clean-fid", Edgesim.Run([.. _command, "--fid-preprocessing", "x"]).OneError(ExitCode.Usage));
        Assert.Contains("NuGet", Edgesim.Run([.. _command, "--resnet18", _folder["none.onnx"]]).OneError(ExitCode.Missing));
        Assert.Contains("0.25 to 4", Edgesim.Run([.. _command, "--judge-scale", "9"]).OneError(ExitCode.Usage));
        Assert.Contains("Leave --judge-space out",
            Edgesim.Run([.. _command, "--judge-space", "cityscapes-train"]).OneError(ExitCode.BadInput));
        File.Delete(_folder["real/labels/2.png"]);
        Assert.Contains("2.png", Edgesim.Run([.. _command, "--video", "none"]).OneError(ExitCode.BadInput));
        Assert.False(Path.Exists(_folder["report"]));

        string[] With(string word, string other) => [.. _command.Select(present => present == word ? other : present)];
    }
}
