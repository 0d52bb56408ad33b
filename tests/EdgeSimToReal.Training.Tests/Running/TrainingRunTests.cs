using System.Text.Json;
using EdgeSimToReal.Core;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Running;
using EdgeSimToReal.Training.Watching;

namespace EdgeSimToReal.Training.Tests.Running;

/// <summary>A run's loop around a real, small training.</summary>
public class TrainingRunTests
{
    private static readonly RunOptions Sparse = new()
    {
        CheckpointSteps = 5,
        CheckpointMinutes = 0,
        ValidationSteps = 0,
        SampleSteps = 0,
        MetricsSteps = 1,
    };

    [Fact]
    public void ARunThatDied_GoesOnFromItsCheckpoint_ToTheSameWeights()
    {
        using TemporaryFolder folder = new();
        float[] expected = Run(folder["whole"], new LinearTraining(20));
        // The twelfth step never ends; steps 11 and what was told of it are lost with it.
        Assert.Throws<InvalidOperationException>(() => Run(folder["died"],
            new LinearTraining(20) { Before = step => DieAt(12, step) }));
        Assert.Equal(Enumerable.Range(1, 11), Steps(folder["died"]));
        File.AppendAllText(new RunFolder(folder["died"]).Metrics, "{\"step\":12,\"imag"); // cut short in the middle of a line
        List<long> taken = [];
        float[] resumed = Run(folder["died"], new LinearTraining(20) { Before = taken.Add }, resume: true);
        Assert.Equal(expected, resumed);
        Assert.Equal(Enumerable.Range(11, 10).Select(step => (long)step), taken);
        Assert.Equal(Enumerable.Range(1, 20), Steps(folder["died"]));
        Assert.Equal(Losses(folder["whole"]), Losses(folder["died"]));
    }

    [Fact]
    public void ACancellation_FinishesTheStep_Saves_AndGoesOnLater()
    {
        using TemporaryFolder folder = new();
        float[] expected = Run(folder["whole"], new LinearTraining(20));
        using CancellationTokenSource stop = new();
        using (LinearTraining training = new(20) { Before = step => { if (step == 8) stop.Cancel(); } })
        {
            Assert.False(Run(folder["stopped"], training, resume: false, Sparse, stop.Token));
            Assert.Equal(8, training.Step);
        }
        Assert.EndsWith("step-000000008.checkpoint", new CheckpointStore(new RunFolder(folder["stopped"]).Checkpoints).Paths[^1]);
        Assert.Equal(expected, Run(folder["stopped"], new LinearTraining(20), resume: true));
        Assert.Equal(Enumerable.Range(1, 20), Steps(folder["stopped"]));
    }

    [Fact]
    public void Cadences_KeepTheLastAndTheBest_AndDrawPictures()
    {
        using TemporaryFolder folder = new();
        RunFolder run = new(folder["run"]);
        Run(run.Path, new LinearTraining(10), options: new RunOptions
        {
            CheckpointSteps = 2,
            CheckpointMinutes = 0,
            KeepCheckpoints = 2,
            ValidationSteps = 4,
            SampleSteps = 5,
            MetricsSteps = 3,
        });
        string[] kept = [.. new CheckpointStore(run.Checkpoints).Paths.Select(path => Path.GetFileName(path)!)];
        Assert.Equal(["step-000000008.checkpoint", "step-000000010.checkpoint"], kept);
        using (TrainingState best = new CheckpointStore(run.Checkpoints).LoadBest())
            Assert.Equal(10, best.Step); // the error falls with every step of so few
        Assert.Equal(["step-000000005-detail.png", "step-000000005.png", "step-000000010-detail.png", "step-000000010.png"],
            Directory.GetFiles(run.Samples).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        Assert.Equal(5, ImageFile.Read(run.Sample(5, "samples")).Bgra[0]);
        // Lines at multiples of 3 and at every checkpoint; a validation's figures are in its step's line.
        Assert.Equal([2, 3, 4, 6, 8, 9, 10], Steps(run.Path));
        Assert.Equal([4, 8, 10], Lines(run.Path).Where(line => line.TryGetProperty("validation/error", out _))
            .Select(line => line.GetProperty("step").GetInt32()));
        JsonElement last = Lines(run.Path)[^1];
        Assert.Equal(80, last.GetProperty("images").GetInt64());
        Assert.Equal(JsonValueKind.Null, last.GetProperty("validation/absent").ValueKind);
        Assert.Equal(10, JsonDocument.Parse(File.ReadAllText(run.Configuration)).RootElement.GetProperty("steps").GetInt32());
    }

    [Fact]
    public void Minutes_MakeCheckpointsToo()
    {
        using TemporaryFolder folder = new();
        Run(folder["run"], new LinearTraining(4),
            options: Sparse with { CheckpointSteps = 0, CheckpointMinutes = 1e-9, KeepCheckpoints = 9 });
        Assert.Equal(4, new CheckpointStore(new RunFolder(folder["run"]).Checkpoints).Paths.Count);
    }

    [Fact]
    public void ADivergence_StopsTheRun_AndTellsTheLastGoodCheckpoint()
    {
        using TemporaryFolder folder = new();
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => Run(folder["run"], new LinearTraining(100, rate: 1e25),
            options: Sparse with { CheckpointSteps = 1, KeepCheckpoints = 100 }));
        Assert.Equal(ExitCode.Diverged, error.ExitCode);
        Assert.Contains("diverged at step", error.Message);
        Assert.Contains("loss/square", error.Message);
        AssertLastGood(folder["run"], error);
    }

    [Fact]
    public void AGradientThatPoisonsTheWeightsUnseen_IsNotSaved()
    {
        using TemporaryFolder folder = new();
        EdgeSimException error = Assert.Throws<EdgeSimException>(
            () => Run(folder["run"], new LinearTraining(100) { StepWithBadGradient = 10 }));
        Assert.Equal(ExitCode.Diverged, error.ExitCode);
        Assert.Contains("step 10: 'model.weight'", error.Message);
        AssertLastGood(folder["run"], error);
    }

    [Fact]
    public void TwoRuns_DoNotShareAFolder()
    {
        using TemporaryFolder folder = new();
        using LinearTraining training = new(1);
        using TrainingRun first = new(training, Sparse, new RunFolder(folder["run"]), Quiet());
        Assert.Contains("another run", Assert.Throws<EdgeSimException>(
            () => new TrainingRun(training, Sparse, new RunFolder(folder["run"]), Quiet())).Message);
    }

    private static void AssertLastGood(string run, EdgeSimException error)
    {
        using TrainingState state = new CheckpointStore(new RunFolder(run).Checkpoints).LoadLatest();
        Assert.Contains(state.Source, error.Message);
        Assert.All(state.Tensors.Values, tensor => Assert.True(tensor.isfinite().all().item<bool>()));
    }

    private static void DieAt(long last, long step)
    {
        if (step == last)
            throw new InvalidOperationException("killed");
    }

    private static float[] Run(string folder, LinearTraining training, bool resume = false, RunOptions? options = null)
    {
        using (training)
        {
            Assert.True(Run(folder, training, resume, options ?? Sparse, CancellationToken.None));
            return training.Weights;
        }
    }

    private static bool Run(string folder, LinearTraining training, bool resume, RunOptions options, CancellationToken cancellation)
    {
        using TrainingRun run = new(training, options, new RunFolder(folder), Quiet());
        if (resume)
        {
            using TrainingState state = new CheckpointStore(new RunFolder(folder).Checkpoints).LoadLatest();
            run.Resume(state);
        }
        return run.Run(cancellation);
    }

    private static ConsoleLine Quiet() => new(TextWriter.Null, isTerminal: false, 1e9);

    private static JsonElement[] Lines(string run) =>
        [.. File.ReadLines(new RunFolder(run).Metrics).Select(line => JsonDocument.Parse(line).RootElement)];

    private static IEnumerable<int> Steps(string run) => Lines(run).Select(line => line.GetProperty("step").GetInt32());

    private static IEnumerable<double> Losses(string run) => Lines(run).Select(line => line.GetProperty("loss/square").GetDouble());
}
