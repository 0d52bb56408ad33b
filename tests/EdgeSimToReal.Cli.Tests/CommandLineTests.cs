using EdgeSimToReal.Cli.Tests.Support;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Cli.Tests;

/// <summary>The command line itself: help, unknown words, numbers out of range.</summary>
public class CommandLineTests
{
    [Theory]
    [InlineData("", "demo, town, translate, collect, prepare, train, evaluate, ablate, guard, export, bake, fp16, info, doctor")]
    [InlineData("fly", "'fly'")]
    [InlineData("translate town:// -o none --bogus", "--bogus")]
    [InlineData("translate town://", "--output")]
    [InlineData("translate town:// -o none --fit 7", "exact, letterbox, crop, stretch")]
    [InlineData("translate town:// -o none --drive fly", "none, transform, control, trafficManager")]
    [InlineData("translate town:// -o none --frames -1", "--frames")]
    [InlineData("translate town:// -o none --frames many", "--frames")]
    [InlineData("translate town:// -o none --seconds 0", "--seconds")]
    [InlineData("translate town:// -o none --seconds NaN", "--seconds")]
    [InlineData("translate town:// -o none --warm-up -1", "--warm-up")]
    [InlineData("translate town:// -o none --rate 0", "--rate")]
    [InlineData("translate town:// -o none --fov 180", "--fov")]
    [InlineData("translate town:// -o none --sync --step 0", "--step")]
    [InlineData("translate town:// -o none --deadline -5", "--deadline")]
    [InlineData("translate town:// -o none --camera 512", "WIDTHxHEIGHT")]
    [InlineData("translate town:// -o none --threads -1", "--threads")]
    [InlineData("translate town:// -o none --labels carla24", "carla23, carla29")]
    [InlineData("translate - -o none --passthrough", "--camera")]
    [InlineData("collect town://", "--output")]
    [InlineData("collect town:// -o x --frames 0", "--frames")]
    [InlineData("collect carla://127.0.0.1:1 -o x --join", "--attach")]
    [InlineData("collect cats://x -o y", "carla://HOST:PORT")]
    [InlineData("prepare x", "--output")]
    [InlineData("prepare x -o y --layout kitty", "cityscapes, kitti, bdd100k")]
    [InlineData("prepare x -o y --to cityscapes99", "common16, shared10")]
    [InlineData("prepare x -o y --val-share 2", "--val-share")]
    [InlineData("town --port 70000", "--port")]
    [InlineData("town --as 0.8.4", "0.9.13, 0.9.14, 0.9.15, 0.9.16, 0.10")]
    [InlineData("town --replay -1", "--replay")]
    [InlineData("demo --frames 0", "--frames")]
    [InlineData("export w.safetensors", "--output")]
    [InlineData("info one two", "'two'")]
    public void AMistake_IsOneLine(string line, string expected)
    {
        ProcessResult result = Edgesim.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((int)ExitCode.Usage, result.Code);
        Assert.Empty(result.Output);
        string[] lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, text => Assert.StartsWith("error: ", text));
        Assert.Contains(expected, result.Error);
        Assert.DoesNotContain("System.", result.Error);
        Assert.DoesNotContain("EdgeSimToReal", result.Error);
    }

    [Fact]
    public void Help_GoesToStandardOutput()
    {
        ProcessResult result = Edgesim.Run("translate", "--help").Good();
        Assert.Empty(result.Error);
        foreach (string word in new[] { "carla://HOST:PORT", "--passthrough", "--latency", "exact|letterbox|crop|stretch" })
            Assert.Contains(word, result.Text);
    }
}
