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
        string taught = IdOf(teacher);
        Assert.Equal(taught, Assert.Single(manifest.Teachers));
        Assert.Equal([taught], manifest.SelectedBy);
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
        Assert.Equal([taught], manifest.Teachers);
        Assert.Equal([taught], manifest.SelectedBy);

        // A judge from now on: it too has chosen, whichever checkpoint is the best.
        EdgesimTrain.Run(segmenter.Start("judge", "--set", "seed=5")).Good();
        string judge = Path.Combine(segmenter.Folder("judge").Weights, "segmenter.safetensors"), judging = IdOf(judge);
        string[] resume = ["lcsae", "--resume", "-o", run.Path, "--set"];
        EdgesimTrain.Run([.. resume, "images=32", "--set", $"validation.judge={judge}"]).Good();
        Assert.Equal(new[] { taught, judging }.Order(), ModelBundle.Load(run.Weights).Manifest.SelectedBy.Order());

        // The teacher was trained on meanwhile: a run does not go on with it, a bundle still names what taught.
        File.Copy(judge, teacher, overwrite: true);
        string refused = EdgesimTrain.Run([.. resume, "images=48"]).OneError(ExitCode.BadInput);
        Assert.All([teacher, taught, judging], part => Assert.Contains(part, refused));
        EdgesimTrain.Run("export", run.Path, "-o", segmenter["later"]).Good();
        Assert.Equal([taught], ModelBundle.Load(segmenter["later"]).Manifest.Teachers);
        Assert.Contains("segmenter training", EdgesimTrain.Run("segmenter", "--resume", "-o", run.Path).OneError(ExitCode.BadInput));
    }

    private static string IdOf(string segmenter) => Core.Weights.WeightsFile.Read(segmenter).Metadata["id"];
}
