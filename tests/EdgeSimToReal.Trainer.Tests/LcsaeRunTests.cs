using System.Text.Json;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Trainer.Tests.Support;
using EdgeSimToReal.Training.Running;

namespace EdgeSimToReal.Trainer.Tests;

/// <summary>The autoencoder's training through the real program, with a segmenter that it has trained: what issues from it.</summary>
public class LcsaeRunTests
{
    [Fact]
    public void ARun_EndsWithABundle_WhoseManifestTellsWhatItLearntFrom()
    {
        using SegmenterRun segmenter = new(2);
        EdgesimTrain.Run(segmenter.Start("teacher")).Good();
        string teacher = Path.Combine(segmenter.Folder("teacher").Weights, "segmenter.safetensors");
        File.WriteAllText(segmenter["lcsae.json"], JsonSerializer.Serialize(new
        {
            simulated = new[] { new { path = segmenter["train"], name = "drawn", space = "shared10", licence = "ours" } },
            real = new[] { new { path = segmenter["val"], name = "photos", space = "shared10", licence = "theirs" } },
            outer = new { segmenters = new[] { teacher } },
            validation = new
            {
                simulated = new { path = segmenter["val"], space = "shared10" },
                real = new { path = segmenter["val"], space = "shared10" },
                frames = 1,
            },
            images = 16,
            run = new { device = "cpu", precision = "fp32", metricsSteps = 1 },
        }));
        string[] start = ["lcsae", "--preset", "tiny", "--config", segmenter["lcsae.json"], "-o", segmenter["run"]];
        string plan = EdgesimTrain.Run([.. start, "--dry-run"]).Good().Text;
        foreach (string line in new[]
        {
            @"\bE +20,272\n", @"\bDpatch +[0-9,]+\n", @"and [0-9,]+ frozen\n", @"simulated +6 images, 0\.67 epochs\n", @"steps +2\n",
        })
        {
            Assert.Matches(line, plan);
        }

        EdgesimTrain.Run(start).Good();
        RunFolder run = new(segmenter["run"]);
        BundleManifest manifest = ModelBundle.Load(run.Weights).Manifest;
        Assert.Equal(("lcsae-tiny", "tiny", "shared10"), (manifest.Name, manifest.Preset, manifest.LabelSpace));
        Assert.Equal([new BundleTrainingData("drawn", 6, "structure", "ours"), new BundleTrainingData("photos", 2, "texture", "theirs")],
            manifest.TrainingData);
        Assert.Equal(Core.Weights.WeightsFile.Read(teacher).Metadata["id"], Assert.Single(manifest.Teachers));
        Assert.Contains("theirs", manifest.Licence);
        Assert.True(manifest.Metrics.ContainsKey("held-out miou"));
        Assert.Contains("validation/miou", File.ReadLines(run.Metrics).Last());

        File.WriteAllText(segmenter["card.md"], "# Mine\n");
        File.WriteAllText(segmenter["description.json"], """{ "name": "mine", "description": "A test.", "licence": "none" }""");
        string photo = Path.Combine(segmenter["val"], "images", "0.png");
        EdgesimTrain.Run("export", run.Path, "-o", segmenter["bundle"], "--card", segmenter["card.md"], "--description",
            segmenter["description.json"], "--texture", $"noon={photo}").Good();
        manifest = ModelBundle.Load(segmenter["bundle"]).Manifest;
        Assert.Equal("mine", manifest.Name);
        Assert.Contains("texture/noon", manifest.Files.Keys);
        Assert.Equal("# Mine\n", File.ReadAllText(segmenter["bundle/README.md"]));
        Assert.Contains("segmenter training", EdgesimTrain.Run("segmenter", "--resume", "-o", run.Path).OneError(ExitCode.BadInput));
    }
}
