using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Trainer.Tests.Support;

namespace EdgeSimToReal.Trainer.Tests;

/// <summary>`edgesim ablate` with trainings of a few steps by the real edgesim-train.</summary>
public sealed class AblateRunTests : IDisposable
{
    private const string Baseline = """{ "name": "baseline", "set": { "weights.inner": 0 }, "paper": { "outer": 0, "inner": 0 } }""";
    private const string Inner = """{ "name": "inner", "set": { "weights.inner": 1 }, "paper": { "outer": 0, "inner": 1 } }""";

    private readonly TemporaryFolder _folder = new();

    public AblateRunTests()
    {
        Drawings.Write(_folder["sim"], 4, 1, painted: true);
        Drawings.Write(_folder["real"], 4, 2, painted: true);
        ColourJudge.Write(_folder["judge.onnx"], LabelSpaces.Shared10);
        File.WriteAllText(_folder["lcsae.json"], JsonSerializer.Serialize(new
        {
            simulated = new[] { new { path = _folder["sim"], space = "shared10", licence = "ours" } },
            real = new[] { new { path = _folder["real"], licence = "ours" } },
            run = new { device = "cpu", precision = "fp32", metricsSteps = 1 },
        }));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void APlan_EndsWithOneTable_AndWhatIsDoneIsNotDoneAgain()
    {
        WritePlan(16, "[5, 6]", Baseline, Inner);
        string[] command = ["ablate", _folder["plan.json"], "-o", _folder["out"], "--no-cache", "--threads", "1"];
        string grid = Edgesim.Run([.. command, "--dry-run"]).Good().Text;
        foreach (string line in new[] { @"baseline .*\b5\b.*tiny .*weights\.inner=0 .*0, 0 .*to do", @"baseline .*\b6\b", @"inner .*0, 1" })
            Assert.Matches(line, grid);
        Assert.False(Directory.Exists(_folder["out"]));

        string report = Edgesim.Run([.. command, "--json"]).Good().Text;
        JsonNode json = JsonNode.Parse(report)!;
        Assert.Equal(report, File.ReadAllText(_folder["out/report.json"]));
        Assert.Equal(["baseline", "inner"], json["variants"]!.AsArray().Select(variant => variant!["name"]!.GetValue<string>()));
        JsonNode baseline = json["variants"]![0]!, inner = json["variants"]![1]!;
        Assert.Equal((0.0, 0.0, 0.112), (Number(baseline["outer"]), Number(baseline["inner"]), Number(baseline["paper"]!["meanIoU"])));
        Assert.Equal((0.0, 1.0, 0.109), (Number(inner["outer"]), Number(inner["inner"]), Number(inner["paper"]!["meanIoU"])));
        // Each run's figures are its own report's, and the variant's are their mean.
        double[] own = [.. new[] { 5, 6 }.Select(seed => Number(JsonNode.Parse(File.ReadAllText(
            _folder[$"out/runs/baseline/seed-{seed}/report/report.json"]))!["readings"]![0]!["meanIoU"]!["value"]))];
        Assert.Equal(own, baseline["runs"]!.AsArray().Select(run => Number(run!["meanIoU"])));
        Assert.Equal(own.Average(), Number(baseline["meanIoU"]!["mean"]), 1e-12);
        Assert.Equal(4, json["variants"]!.AsArray().SelectMany(variant => variant!["runs"]!.AsArray())
            .Select(run => run!["checksum"]!.GetValue<string>()).Distinct().Count());
        Assert.Equal(["colour transfer", "colour by class", "untranslated", "real"],
            json["references"]!.AsArray().Select(reading => reading!["set"]!.GetValue<string>()));
        Assert.Equal(1, Number(json["references"]![3]!["meanIoU"]!["value"]));
        string text = File.ReadAllText(_folder["out/report.md"]);
        Assert.Contains("| baseline | 0.0 | 0.0 | 2 |", text);
        Assert.Contains("| 0.530 | 0.167 | 0.112 | 65.26 |", text);
        Assert.True(File.Exists(_folder["out/comparison.png"]) && File.Exists(_folder["out/miou.png"]));
        // Three of the four structures are shown.
        Assert.Equal(6 + (3 * (Drawings.Side + 6)), ImageFile.Read(_folder["out/comparison.png"]).Width);

        DateTime[] before = Times();
        ProcessResult again = Edgesim.Run([.. command, "--json"]).Good();
        Assert.Equal(before, Times());
        Assert.Contains("trained already", again.Error);
        JsonNode second = JsonNode.Parse(again.Text)!;
        (json["finished"], second["finished"]) = (null, null);
        Assert.True(JsonNode.DeepEquals(json, second));
        Assert.Matches("inner .*trained", Edgesim.Run([.. command, "--dry-run"]).Good().Text);

        WritePlan(32, "[5, 6]", Baseline, Inner);
        string error = Edgesim.Run(command).OneError(ExitCode.BadInput);
        Assert.Contains("other settings", error);
        Assert.Equal(before, Times());
    }

    [Fact]
    public void ASignal_KeepsEverything_AndTheSameCommandGoesOn()
    {
        const int Steps = 6, Validated = 3;
        HeldImage held = new(_folder["held/0.png"], File.ReadAllBytes(_folder["real/images/0.png"]));
        WritePlan(8 * Steps, "[5]", $$"""
            {
              "name": "baseline",
              "set": {
                "weights.inner": 0, "run.validationSteps": {{Validated}}, "validation.frames": 1,
                "validation.simulated.path": {{JsonSerializer.Serialize(_folder["sim"])}},
                "validation.real.path": {{JsonSerializer.Serialize(_folder["held"])}}
              }
            }
            """);
        string[] command = ["ablate", _folder["plan.json"], "-o", _folder["out"], "--no-cache", "--threads", "1", "--json"];
        string metrics = _folder["out/runs/baseline/seed-5/run/metrics.jsonl"], log = _folder["out/runs/baseline/seed-5/train.log"];
        using (ProgramProcess program = Edgesim.Start(command, ProgramProcess.CtrlCIgnored))
        {
            // Its validation waits for the picture, and gets it when the signal has come through: the training can't be over before.
            held.AwaitReader(program);
            program.Signal(2);
            program.Await(() => Text(log).Contains("Stopping after this step", StringComparison.Ordinal));
            held.LetGo();
            ProcessResult result = program.End();
            Assert.True(result.Code == (int)ExitCode.Interrupted, result.Error);
            Assert.Contains("The same command goes on", result.Error);
            Assert.DoesNotContain("error:", result.Error);
        }
        int stopped = Lines(metrics).Length;
        Assert.InRange(stopped, Validated, Steps - 1);
        Assert.False(Directory.Exists(_folder["out/runs/baseline/seed-5/report"]));
        Assert.Contains("Stopped after step", File.ReadAllText(log));

        string error = Edgesim.Run(command).Good().Error;
        Assert.Contains("going on with its training", error);
        Assert.Contains($"Going on after step {stopped}", File.ReadAllText(log));
        Assert.Equal(Enumerable.Range(1, Steps), Lines(metrics).Select(line => JsonNode.Parse(line)!["step"]!.GetValue<int>()));
        Assert.True(File.Exists(_folder["out/report.json"]));
    }

    [Fact]
    public void ATrainingThatDiverges_IsAResult_AndTheOthersGoOn()
    {
        WritePlan(16, "[5]", """{ "name": "wild", "set": { "learningRate": 9.9, "images": 160 } }""", Baseline);
        string[] command = ["ablate", _folder["plan.json"], "-o", _folder["out"], "--no-cache", "--threads", "1", "--json"];
        ProcessResult result = Edgesim.Run(command);
        Assert.True(result.Code == (int)ExitCode.Diverged, result.Error);
        JsonNode wild = JsonNode.Parse(result.Text)!["variants"]![0]!;
        Assert.Contains("diverged at step", wild["runs"]![0]!["divergence"]!.GetValue<string>());
        Assert.Null(wild["meanIoU"]);
        Assert.NotNull(JsonNode.Parse(result.Text)!["variants"]![1]!["meanIoU"]);
        Assert.Contains("| wild | 0.0 | 1.0 | 1, 1 diverged | – |", File.ReadAllText(_folder["out/report.md"]));
        Assert.Contains("diverged before", Edgesim.Run(command).Error);
    }

    [Theory]
    [InlineData("\"weights.outre\": 1", ExitCode.Usage, "weights.outer")]
    [InlineData("\"batchSize\": 3", ExitCode.BadInput, "batchSize")]
    public void ASettingThatTheTrainerRefuses_IsTold_BeforeAnythingRuns(string setting, ExitCode code, string expected)
    {
        WritePlan(16, "[5]", $$"""{ "name": "wrong", "set": { {{setting}} } }""", Baseline);
        string error = Edgesim.Run("ablate", _folder["plan.json"], "-o", _folder["out"]).OneError(code);
        Assert.Contains(expected, error);
        Assert.Contains("wrong", error);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public void AJudgeThatWouldTeach_IsRefused_BeforeAnythingRuns()
    {
        using SegmenterRun segmenter = new(2);
        EdgesimTrain.Run(segmenter.Start("teacher")).Good();
        string weights = segmenter.Folder("teacher").Weights;
        string teacher = JsonSerializer.Serialize(Path.Combine(weights, "segmenter.safetensors"));
        File.Copy(Path.Combine(weights, "segmenter.onnx"), _folder["judge.onnx"], overwrite: true);
        WritePlan(16, "[5]", $$"""{ "name": "taught", "set": { "weights.outer": 1, "outer.segmenters": [{{teacher}}] } }""", Baseline);
        string error = Edgesim.Run("ablate", _folder["plan.json"], "-o", _folder["out"]).OneError(ExitCode.BadInput);
        Assert.Contains("would take part in the training of variant 'taught'", error);
        Assert.Contains("allowTeacher", error);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    private static double Number(JsonNode? node) => node!.GetValue<double>();

    private static string[] Lines(string path) => [.. Text(path).Split('\n').SkipLast(1)];

    /// <summary>What a program at work has written so far.</summary>
    private static string Text(string path)
    {
        if (!File.Exists(path))
            return "";
        using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    private DateTime[] Times() =>
    [
        .. Directory.GetFiles(_folder["out/runs"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(File.GetLastWriteTimeUtc),
    ];

    private void WritePlan(int images, string seeds, params string[] variants) => File.WriteAllText(_folder["plan.json"], $$"""
        {
          "preset": "tiny",
          "config": {{JsonSerializer.Serialize(_folder["lcsae.json"])}},
          "set": { "images": {{images}}, "weights.outer": 0, "weights.featureMatching": 0 },
          "seeds": {{seeds}},
          "variants": [{{string.Join(", ", variants)}}],
          "evaluation": {
            "judge": {{JsonSerializer.Serialize(_folder["judge.onnx"])}},
            "structures": {{JsonSerializer.Serialize(_folder["sim"])}}, "structureLabels": "shared10",
            "textures": [{{JsonSerializer.Serialize(_folder["real/images/0.png"])}}],
            "real": {{JsonSerializer.Serialize(_folder["real"])}}, "realLabels": "shared10", "size": "64x64", "replicates": 10
          }
        }
        """);
}
