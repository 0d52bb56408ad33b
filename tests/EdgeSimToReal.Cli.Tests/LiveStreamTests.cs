using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Cli.Tests.Support;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Cli.Tests;

/// <summary>Frames of a simulator through the whole program.</summary>
public class LiveStreamTests(TinyModel model)
{
    private const int Width = 96;
    private const int Height = 48;
    private const int FrameBytes = Width * Height * 4;

    [Fact]
    public void Translate_PassThroughToStandardOutput_GivesTheCamerasVeryBytes()
    {
        // On the Town's own car, which is where the simulated time says; a spawned one is where its client has put it by then.
        const int frames = 10;
        TownServerOptions options = new() { Seed = 5, StartSynchronous = true, Vehicles = 4, Pedestrians = 4 };
        byte[] output;
        using (TownServer town = TownServer.Start(options))
        {
            ProcessResult result = Edgesim.Run("translate", $"carla://127.0.0.1:{town.Port}", "--sync", "--camera", $"{Width}x{Height}",
                "--attach", TownServer.HeroRole, "--passthrough", "-o", "-", "-n", $"{frames}").Good();
            output = result.Output;
        }
        Assert.Equal(frames * FrameBytes, output.Length);

        // The same street again, read here. A server takes a subscription some ticks after it was asked for, so the program's first frame
        // may be any of the first ones; from there on it must be frame by frame the same.
        List<byte[]> expected = [];
        using (TownServer town = TownServer.Start(options))
        using (CarlaCameraSource source = new(new CarlaCameraOptions
        {
            Client = new CarlaClientOptions { Port = town.Port },
            Width = Width,
            Height = Height,
            VehicleRole = TownServer.HeroRole,
            Synchronous = true,
        }))
        {
            ulong first = 0;
            while (expected.Count < 4 * frames)
            {
                Frame frame = source.Take(CancellationToken.None)!;
                first = first == 0 ? frame.Id : first;
                Assert.Equal(first + (ulong)expected.Count, frame.Id);
                expected.Add([.. frame.Bgra]);
                source.Return(frame);
            }
        }
        byte[][] actual = [.. output.Chunk(FrameBytes)];
        Assert.Equal(frames, actual.Select(Convert.ToBase64String).Distinct().Count()); // the car moves, so every frame is another
        int start = expected.FindIndex(frame => frame.AsSpan().SequenceEqual(actual[0]));
        if (start < 0)
        {
            // This run was the one that began later.
            int offset = Array.FindIndex(actual, frame => frame.AsSpan().SequenceEqual(expected[0]));
            Assert.True(offset > 0, "The two runs have no frame in common.");
            (actual, start) = (actual[offset..], 0);
        }
        for (int i = 0; i < actual.Length; i++)
            Assert.True(expected[start + i].AsSpan().SequenceEqual(actual[i]), $"Frame {i} differs.");
    }

    [Fact]
    public void Translate_ServerCrashesAndComesBackAfterThreeSeconds_GoesOnByItself()
    {
        const int before = 5, total = 40;
        int port = FreePorts.Pair();
        using ProgramProcess program = StartOn(port, out TownProcess first);
        program.Read(before * FrameBytes);
        first.Crash();
        Thread.Sleep(3000);
        using TownProcess second = new(port, "--rate", "60");
        byte[] rest = program.Read((total - before) * FrameBytes);
        ProcessResult result = program.End();
        result.Good();
        Assert.Empty(result.Output);
        Assert.Contains(rest.Chunk(FrameBytes), frame => frame.Distinct().Count() > 10);

        static ProgramProcess StartOn(int port, out TownProcess town)
        {
            town = new TownProcess(port, "--rate", "60");
            return Edgesim.Start("translate", town.Address, "--camera", $"{Width}x{Height}", "--passthrough", "-o", "-", "-n", $"{total}");
        }
    }

    [Fact]
    public void Translate_ServerGoneForLongerThanGiveUp_IsAConnectionError()
    {
        using TownProcess town = new();
        using ProgramProcess program = Edgesim.Start("translate", town.Address, "--camera", $"{Width}x{Height}", "--passthrough", "-o", "-",
            "--give-up", "1");
        program.Read(2 * FrameBytes);
        town.Crash();
        ProcessResult result = program.End();
        Assert.Contains(town.Address["carla://".Length..], (result with { Output = [] }).OneError(ExitCode.Connection));
        Assert.Equal(0, result.Output.Length % FrameBytes);
    }

    [Fact]
    public void Translate_ReaderOfStandardOutputGone_IsAnOutputError()
    {
        using TownProcess town = new("--replay", "4", "--rate", "100");
        using ProgramProcess program = Edgesim.Start("translate", town.Address, "--camera", $"{Width}x{Height}", "--passthrough", "-o", "-");
        program.Read(FrameBytes);
        program.Output.Dispose();
        Assert.Contains("reader has gone", program.End([]).OneError(ExitCode.Output));
        // The town is as it was: the next client is served.
        Edgesim.Run("translate", town.Address, "--camera", $"{Width}x{Height}", "--passthrough", "-o", "none", "-n", "2").Good();
    }

    [Fact]
    public void Translate_FullDeviceAsStandardOutput_IsAnOutputError()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        using TemporaryFolder folder = new();
        Pictures.WriteFolder(folder.Path, 2);
        ProcessResult result = Edgesim.Run(["translate", folder.Path, "--passthrough", "-o", "-"], Edgesim.CacheHome.Path,
            shell: "exec \"$0\" \"$@\" > /dev/full");
        Assert.Contains("standard output", result.OneError(ExitCode.Output));
    }

    [Fact]
    public void Translate_Live_ReportsEveryStageAndCaptureTimes()
    {
        using TemporaryFolder folder = new();
        using TownProcess town = new("--replay", "4", "--rate", "60");
        ProcessResult result = Edgesim.Run("translate", town.Address, "--camera", "64x64", "--model", model.Bundle, "-o", "none",
            "-n", "60", "--warm-up", "12", "--json", "--latency", folder["run/latency.json"], "--threads", "1").Good();
        ReportJson report = ReportJson.Parse(result.Text);
        Assert.Equal(result.Text, File.ReadAllText(folder["run/latency.json"]));
        Assert.Equal(48, report.Frames);
        Assert.Equal(12, report.WarmUpFrames);
        Assert.Equal(["captureToArrival", "tickToLastByte", "receive", "wait", "prepare", "infer", "finish", "guard", "sink", "total"],
            report.StageNames);
        foreach (string stage in new[] { "receive", "wait", "prepare", "infer", "finish", "sink", "total" })
            Assert.Equal(48, report.Count(stage));
        Assert.InRange(report.Count("captureToArrival"), 24, 48); // told on another stream, which may be late
        Assert.Contains("synchronous", report.NotObservable("tickToLastByte"));
        Frame plot = Imaging.ImageFile.Read(folder["run/latency.png"]);
        Assert.True(plot.Width >= 600 && plot.Bgra.Distinct().Count() > 10);
        Assert.DoesNotContain("p99", result.Error); // the table for people is left out
    }

    [Fact]
    public void Translate_Synchronous_LosesNothingAndSeesTicks()
    {
        ProcessResult result = Edgesim.Run("translate", "town://", "--sync", "--camera", "64x64", "--passthrough", "-o", "none", "-n", "24",
            "--warm-up", "4", "--json").Good();
        ReportJson report = ReportJson.Parse(result.Text);
        Assert.Equal(20, report.Frames);
        Assert.Equal(0, report.Dropped);
        Assert.Equal(20, report.Count("tickToLastByte"));
        Assert.Equal(20, report.Count("captureToArrival"));
    }

    [Fact]
    public void Translate_AttachedToTheHero_RidesAlong()
    {
        using TownProcess town = new("--rate", "60");
        Edgesim.Run("translate", town.Address, "--attach", "hero", "--camera", "64x64", "--passthrough", "-o", "none", "-n", "3").Good();
        string error = Edgesim.Run("translate", town.Address, "--attach", "nobody", "--camera", "64x64", "--passthrough", "-o", "none",
            "-n", "3").OneError(ExitCode.BadInput);
        Assert.Contains("'nobody'", error);
        Assert.Contains("hero", error);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    public void Town_Interrupted_EndsWell(int signal)
    {
        using TownProcess town = new();
        Assert.Equal($"carla://127.0.0.1:{town.Port}", town.Address);
        ProcessResult result = town.Stop(signal).Good();
        Assert.Empty(result.Output);
        Assert.Contains("0.9.16", result.Error);
    }
}
