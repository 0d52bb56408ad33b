using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Trainer.Tests.Support;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Running;

namespace EdgeSimToReal.Trainer.Tests;

/// <summary>Runs of the real program on drawings: to the end, killed, interrupted, resumed, exported.</summary>
public class SegmenterRunTests
{
    [Fact]
    public void KilledAgainAndAgain_ARunEndsAsIfItHadNotBeen()
    {
        const int Steps = 60, Kills = 5;
        using SegmenterRun run = new(Steps);
        EdgesimTrain.Run(run.Start("whole")).Good();
        Random random = new(5);
        for (int kill = 0; kill < Kills; kill++)
        {
            // At any moment: while it starts, between two steps, while it saves.
            int lines = run.LinesOf("killed") + random.Next(12);
            using ProgramProcess program = EdgesimTrain.Start(StartOrResume());
            program.Await(() => run.LinesOf("killed") >= lines);
            Thread.Sleep(random.Next(20));
            if (!program.HasEnded)
                program.Signal(9);
            program.End();
        }
        EdgesimTrain.Run(StartOrResume()).Good();
        Assert.Equal(run.Weights("whole"), run.Weights("killed"));
        Assert.Equal(run.Losses("whole"), run.Losses("killed"));
        Assert.Equal(Enumerable.Range(1, Steps).Select(step => (long)step), run.Losses("killed").Select(line => line.Step));
        string report = File.ReadAllText(run["whole/report.md"]);
        Assert.Matches(@"\| miou \| 0\.\d{4} \|\n", report);
        Assert.Matches(@"\| training \| 6 \| `[^`]+` \| `[0-9a-f]{64}` \|\n", report);
        foreach (string part in new[] { "validation.png", "losses.png", "config.json", "samples/step-000000040.png", "samples/step-000000060.png" })
            Assert.Equal(File.ReadAllBytes(run[$"whole/{part}"]), File.ReadAllBytes(run[$"killed/{part}"]));

        string[] StartOrResume() => new CheckpointStore(run.Folder("killed").Checkpoints).Paths.Count > 0
            ? run.Resume("killed") : run.Start("killed");
    }

    [Theory]
    [InlineData(2, ProgramProcess.CtrlCIgnored)]
    [InlineData(15, null)]
    public void ASignal_FinishesTheStep_Saves_AndTheRunGoesOn_EvenFromTheCheckpointBefore(int signal, string? shell)
    {
        using SegmenterRun run = new(100_000);
        using (ProgramProcess program = EdgesimTrain.Start(run.Start("run"), shell))
        {
            program.Await(() => run.LinesOf("run") >= 16);
            program.Signal(signal);
            ProcessResult result = program.End();
            Assert.Equal((int)ExitCode.Interrupted, result.Code);
            Assert.Contains("--resume -o", result.Error);
        }
        CheckpointStore store = new(run.Folder("run").Checkpoints);
        long stopped;
        using (TrainingState state = store.LoadLatest())
        {
            Assert.Empty(state.Warnings);
            Assert.Equal(state.Step, run.Losses("run")[^1].Step);
            stopped = state.Step;
        }
        using (FileStream last = new(store.Paths[^1], FileMode.Open))
            last.SetLength(last.Length / 2);
        ProcessResult resumed = EdgesimTrain.Run(
            run.Resume("run", "--set", $"steps={stopped + 3}", "--set", "run.keepCheckpoints=1")).Good();
        Assert.Contains("warning: Passed over", resumed.Error);
        // A run that stops at a checkpoint's own step has one file of it; the one before is seven steps back.
        Assert.Contains($"Going on after step {(stopped - 1) / 7 * 7}", resumed.Error);
        Assert.Equal(Enumerable.Range(1, (int)stopped + 3).Select(step => (long)step), run.Losses("run").Select(line => line.Step));
    }

    [Fact]
    public void WhatIsLearnt_StaysAsItWas_WhenARunIsResumed()
    {
        using SegmenterRun run = new(8);
        EdgesimTrain.Run(run.Start("run")).Good();
        string again = EdgesimTrain.Run(run.Start("run")).OneError(ExitCode.BadInput);
        Assert.Contains("step-000000008.checkpoint", again);
        Assert.Contains("--resume", again);
        foreach (string key in new[] { "learningRate", "training.0.weight" })
            Assert.Contains($"'{key}'", EdgesimTrain.Run(run.Resume("run", "--set", $"{key}=1")).OneError(ExitCode.Usage));
        Assert.Contains("--config", EdgesimTrain.Run([.. run.Resume("run"), "--config", run.Config]).OneError(ExitCode.Usage));
        Directory.Move(run["train"], run["moved"]);
        EdgesimTrain.Run(run.Resume("run", "--set", $"training.0.path={run["moved"]}", "--set", "steps=9")).Good();
        Assert.Contains("no checkpoint", EdgesimTrain.Run(run.Resume("other")).OneError(ExitCode.BadInput));
    }

    [Fact]
    public void ADivergence_EndsTheRun_WithItsOwnCode_AndTheLastGoodCheckpoint()
    {
        using SegmenterRun run = new(1000);
        string error = EdgesimTrain.Run(run.Start("run", "--set", "optimizer=sgd", "--set", "learningRate=9", "--set", "momentum=0.999",
            "--set", "weightDecay=0.9", "--set", "run.checkpointSteps=1")).OneError(ExitCode.Diverged);
        Assert.Contains("diverged at step", error);
        using TrainingState state = new CheckpointStore(run.Folder("run").Checkpoints).LoadLatest();
        Assert.Contains(state.Source, error);
        Assert.All(state.Tensors.Values, tensor => Assert.True(tensor.isfinite().all().item<bool>()));
    }

    [Fact]
    public void AnyCheckpoint_IsExported()
    {
        using SegmenterRun run = new(8);
        EdgesimTrain.Run(run.Start("run")).Good();
        RunFolder folder = run.Folder("run");
        EdgesimTrain.Run("export", folder.Path, "-o", run["best"]).Good();
        Assert.Equal(run.Weights("run"), File.ReadAllBytes(run["best/segmenter.safetensors"]));
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder.Weights, "segmenter.onnx")), File.ReadAllBytes(run["best/segmenter.onnx"]));
        string early = Path.Combine(folder.Checkpoints, "step-000000007.checkpoint");
        Assert.Contains(early, EdgesimTrain.Run("export", early, "-o", run["early"]).Good().Error);
        IReadOnlyDictionary<string, string> metadata = WeightsFile.Read(run["early/segmenter.safetensors"]).Metadata;
        Assert.Equal(("7", "shared10"), (metadata["training_steps"], metadata["label_space"]));
        File.WriteAllText(run["foreign"], "not a checkpoint");
        Assert.Contains("foreign", EdgesimTrain.Run("export", run["foreign"], "-o", run["x"]).OneError(ExitCode.BadInput));
        Assert.Contains("nowhere", EdgesimTrain.Run("export", run["nowhere"], "-o", run["x"]).OneError(ExitCode.BadInput));
        Assert.False(Path.Exists(run["x"]));
    }
}
