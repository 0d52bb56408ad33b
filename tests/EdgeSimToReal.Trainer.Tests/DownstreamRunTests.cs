using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Evaluation.Downstream;
using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Trainer.Tests.Support;

namespace EdgeSimToReal.Trainer.Tests;

/// <summary>`edgesim evaluate --downstream` with trainings of a few steps by the real edgesim-train.</summary>
public sealed class DownstreamRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _command;

    public DownstreamRunTests()
    {
        Drawings.Write(_folder["sim"], 4, 1);
        Drawings.Write(_folder["real"], 3, 2);
        ColourJudge.Write(_folder["judge.onnx"], LabelSpaces.Shared10);
        BundleWriter.Write(_folder["bundle"], new SaeWeights(SaeConfiguration.Tiny, SaeGolden.Weights(SaeConfiguration.Tiny)),
            new BundleDescription
            {
                Name = "tiny",
                Description = "For tests.",
                Licence = "none",
                DefaultWidth = Drawings.Side,
                DefaultHeight = Drawings.Side,
            }, "# tiny\n");
        WriteConfiguration(2e-3);
        _command =
        [
            "evaluate", "--model", _folder["bundle"], "--judge", _folder["judge.onnx"], "--structures", _folder["sim"],
            "--structure-labels", "shared10", "--textures", _folder["real/images/0.png"], _folder["real/images/1.png"], "--real",
            _folder["real"], "--real-labels", "shared10", "--replicates", "10", "--video", "none", "--threads", "1", "--no-cache", "-o",
            _folder["report"], "--downstream", "--downstream-seeds", "5", "6", "--downstream-config", _folder["segmenter.json"], "--json",
        ];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BothSides_AreTrainedAndRead_AndWhatIsDoneIsNotDoneAgain()
    {
        JsonNode report = JsonNode.Parse(Edgesim.Run(_command).Good().Text)!, downstream = report["downstream"]!;
        for (int i = 0; i < 4; i++)
        {
            string name = $"{i:D6}.png", labels = _folder[$"sim/labels/{i}.png"];
            Assert.Equal(ImageFile.Read(_folder[$"sim/images/{i}.png"]).Bgra, ImageFile.Read(Kept($"raw/images/{name}")).Bgra);
            Assert.NotEqual(ImageFile.Read(Kept($"raw/images/{name}")).Bgra, ImageFile.Read(Kept($"translated/images/{name}")).Bgra);
            foreach (string side in new[] { "raw", "translated" })
                Assert.Equal(LabelFile.Read(labels).Ids, LabelFile.Read(Kept($"{side}/labels/{name}")).Ids);
        }
        foreach ((string side, string runs) in new[] { ("raw", "rawRuns"), ("translated", "translatedRuns") })
        {
            int i = 0;
            foreach (ulong seed in new ulong[] { 5, 6 })
            {
                using Judge segmenter = Judge.Load(Kept($"runs/{side}-seed-{seed}/run/weights/segmenter.onnx"));
                DownstreamRun expected =
                    DownstreamReading.Read(segmenter, _folder["real"], LabelSpaces.Shared10, seed, CancellationToken.None);
                JsonNode run = downstream[runs]![i++]!;
                Assert.Equal((seed, expected.MeanIoU, expected.OverallAccuracy, expected.Id), (run["seed"]!.GetValue<ulong>(),
                    Number(run["meanIoU"]), Number(run["overallAccuracy"]), run["id"]!.GetValue<string>()));
            }
            double mean = downstream[runs]!.AsArray().Average(run => Number(run!["meanIoU"]));
            Assert.Equal(mean, Number(downstream[side]!["meanIoU"]!["mean"]), 1e-12);
        }
        Assert.Equal(Number(downstream["translated"]!["meanIoU"]!["mean"]) - Number(downstream["raw"]!["meanIoU"]!["mean"]),
            Number(downstream["difference"]!["meanIoU"]!["mean"]), 1e-12);
        Assert.Equal(("unet", 3, 4), (downstream["architecture"]!.GetValue<string>(), downstream["testImages"]!.GetValue<int>(),
            downstream["structures"]!["images"]!.GetValue<int>()));
        Assert.Contains("| **translated less raw** | 2 |", File.ReadAllText(_folder["report/report.md"]));
        Frame plot = ImageFile.Read(_folder["report/downstream.png"]);
        Assert.Equal((1000, 600), (plot.Width, plot.Height));

        // As a kill leaves it: two frames and half a line of the last translated one's, and a training that had not written its weights.
        string manifest = Kept("translated/manifest.jsonl");
        string[] lines = File.ReadAllLines(manifest);
        File.WriteAllText(manifest, $"{lines[0]}\n{lines[1]}\n{lines[2][..20]}");
        File.Delete(Kept("translated/images/000002.png"));
        Directory.Delete(Kept("runs/translated-seed-6/run/weights"), recursive: true);
        DateTime untouched = File.GetLastWriteTimeUtc(Kept("runs/translated-seed-5/run/metrics.jsonl"));
        JsonNode again = JsonNode.Parse(Edgesim.Run(_command).Good().Text)!["downstream"]!;
        Assert.True(JsonNode.DeepEquals(downstream, again));
        Assert.Equal(untouched, File.GetLastWriteTimeUtc(Kept("runs/translated-seed-5/run/metrics.jsonl")));
        Assert.Contains("Going on after step 3", File.ReadAllText(Kept("runs/translated-seed-6/train.log")));
        Assert.Equal(lines, File.ReadAllLines(manifest));

        Assert.Contains("other textures", Edgesim.Run([.. _command, "--no-noise"]).OneError(ExitCode.BadInput));
        WriteConfiguration(1e-3);
        Assert.Contains("other settings", Edgesim.Run(_command).OneError(ExitCode.BadInput));
    }

    [Fact]
    public void SettingsThatTheTrainerRefuses_AreTold_BeforeAnythingRuns()
    {
        File.WriteAllText(_folder["segmenter.json"], """{ "learningRat": 1 }""");
        Assert.Contains("learningRate", Edgesim.Run(_command).OneError(ExitCode.BadInput));
        Assert.Contains("--downstream", Edgesim.Run([.. _command.Where(word => word != "--downstream")]).OneError(ExitCode.Usage));
        Assert.Contains("a seed twice", Edgesim.Run([.. _command, "--downstream-seeds", "5", "5"]).OneError(ExitCode.Usage));
        Assert.False(Directory.Exists(_folder["report"]));
    }

    private static double Number(JsonNode? node) => node!.GetValue<double>();

    private string Kept(string path) => _folder[$"report/downstream/{path}"];

    private void WriteConfiguration(double learningRate) => File.WriteAllText(_folder["segmenter.json"], JsonSerializer.Serialize(new
    {
        width = 2,
        cropHeight = 32,
        cropWidth = 32,
        batchSize = 2,
        steps = 3,
        learningRate,
        run = new { device = "cpu", precision = "fp32" },
    }));
}
