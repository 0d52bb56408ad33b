using EdgeSimToReal.Core;
using EdgeSimToReal.Trainer.Tests.Support;

namespace EdgeSimToReal.Trainer.Tests;

/// <summary>The command line and the configuration: each mistake is one line; a dry run tells and writes nothing.</summary>
public class CommandLineTests
{
    [Theory]
    [InlineData("", "segmenter, lcsae, export")]
    [InlineData("fly", "'fly'")]
    [InlineData("segmenter", "--output")]
    [InlineData("segmenter --resume", "--output")]
    [InlineData("segmenter -o out --bogus", "--bogus")]
    [InlineData("export run", "--output")]
    [InlineData("segmenter -o out --set stepz=1", "'stepz'; the nearest is 'steps'")]
    [InlineData("segmenter -o out --set steps=ten", "'steps' is \"ten\". It takes a whole number.")]
    [InlineData("segmenter -o out --precision fp64", "'run.precision' is \"fp64\". It takes one of auto, fp32, bf16.")]
    [InlineData("segmenter -o out --set run.guard.collapse=1", "'run.guard.collapseSteps'")]
    [InlineData("segmenter -o out --set training.0.path=x --device tpu", "'tpu'")]
    public void AMistake_IsOneLine(string line, string expected)
    {
        ProcessResult result = EdgesimTrain.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(expected, result.OneError(ExitCode.Usage));
        Assert.DoesNotContain("System.", result.Error);
        Assert.DoesNotContain("EdgeSimToReal", result.Error);
    }

    [Theory]
    [InlineData("{ \"steps\": 5, \"bachSize\": 2 }", "'bachSize'; the nearest is 'batchSize'")]
    [InlineData("{ \"training\": [ { \"space\": \"camvid11\" } ] }", "lacks 'training.0.path'")]
    [InlineData("{ \"training\": [ { \"path\": \"/nowhere\" } ] }", "no folder '/nowhere'")]
    [InlineData("{ \"steps\": 5", "not valid JSON")]
    [InlineData("{ }", "no images")]
    [InlineData("{ \"run\": { \"keepCheckpoints\": 0 } }", "'run.keepCheckpoints' is 0")]
    [InlineData("{ \"architecture\": \"vgg\" }", "'vgg'")]
    [InlineData(null, "config.json")]
    public void ABadConfiguration_IsOneLine_AndLeavesNothing(string? text, string expected)
    {
        using TemporaryFolder folder = new();
        if (text is not null)
            File.WriteAllText(folder["config.json"], text);
        ProcessResult result = EdgesimTrain.Run("segmenter", "--config", folder["config.json"], "-o", folder["run"]);
        Assert.Contains(expected, result.OneError(ExitCode.BadInput));
        Assert.False(Path.Exists(folder["run"]));
    }

    [Fact]
    public void AnUnknownPreset_IsOneLine() => Assert.Contains("paper",
        EdgesimTrain.Run("segmenter", "--preset", "huge", "--dry-run").OneError(ExitCode.BadInput));

    [Fact]
    public void ADryRun_Tells_AndWritesNothing()
    {
        using SegmenterRun run = new(200);
        ProcessResult result = EdgesimTrain.Run(run.Start("run", "--set", "learningRate=0.5", "--dry-run")).Good();
        Assert.Matches("^convolutions: [^\n]+\ndevice: cpu, as configured\nprecision: fp32, as configured\n$", result.Error);
        foreach (string line in new[]
        {
            @"backbone +[0-9,]+\n", @"all +[0-9,]+\n", @"weights, gradients, moments +[0-9.]+ MB", @"activations +about [0-9.]+ MB",
            @"steps +200\n", @"images +400, 2 a step\n", @"training +6 images, 66\.67 epochs\n", @"learning rate at step 0 +0\.5\n",
            @"learning rate at step 100 +0\.268\n", @"""learningRate"": 0\.5,", @"""checkpointSteps"": 7,", @"""polyPower"": 0\.9,",
        })
        {
            Assert.Matches(line, result.Text);
        }
        Assert.False(Path.Exists(run["run"]));
    }

    [Fact]
    public void Help_NamesTheOptions()
    {
        string help = EdgesimTrain.Run("segmenter", "--help").Good().Text;
        foreach (string word in new[] { "--config", "--set", "--resume", "--dry-run", "--device", "--precision", "small-data" })
            Assert.Contains(word, help);
    }
}
