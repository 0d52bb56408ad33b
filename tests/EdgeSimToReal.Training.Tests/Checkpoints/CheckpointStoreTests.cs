using EdgeSimToReal.Core;
using EdgeSimToReal.Training.Checkpoints;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void TheLastOnesAreKept_AndTheNewestIsLoaded()
    {
        using CheckpointStore store = new(_folder["run"], keepLast: 2);
        Assert.Empty(store.Paths);
        Assert.Contains("holds no checkpoint", Assert.Throws<EdgeSimException>(() => store.LoadLatest()).Message);
        for (long step = 0; step <= 2_000_000_000; step += 500_000_000)
            Save(store, step);
        Assert.Equal(["step-1500000000.checkpoint", "step-2000000000.checkpoint"], store.Paths.Select(Path.GetFileName));
        using TrainingState latest = store.LoadLatest();
        Assert.Equal((2_000_000_000, 2_000_000_000), (latest.Step, latest.Get("step").item<long>()));
        Assert.Null(latest.Score);
        Assert.Empty(latest.Warnings);
        Assert.Equal(store.Paths[^1], latest.Source);
    }

    [Fact]
    public void TheBestOne_OutlivesTheOthers()
    {
        using CheckpointStore store = new(_folder.Path, keepLast: 1);
        Assert.False(File.Exists(store.BestPath));
        double?[] scores = [null, double.NaN, -3, 0.5, 0.5, 0.4, null, double.NaN];
        for (int i = 0; i < scores.Length; i++)
            Save(store, i, scores[i]);
        using TrainingState best = store.LoadBest();
        Assert.Equal((3, 0.5, 3), (best.Step, best.Score, best.Get("step").item<long>()));
        using TrainingState latest = store.LoadLatest();
        Assert.Equal((7, 1), (latest.Step, store.Paths.Count));
        Save(store, 8, 0.6);
        using TrainingState better = store.LoadBest();
        Assert.Equal((8, 0.6), (better.Step, better.Score));
    }

    [Fact]
    public void ADamagedBest_IsReplacedByTheNextScore()
    {
        using CheckpointStore store = new(_folder.Path);
        Save(store, 1, 0.9);
        Damage(store.BestPath);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => store.LoadBest());
        Assert.Contains(store.BestPath, error.Message);
        Assert.Contains(store.Paths[0], error.Message);
        Save(store, 2, 0.1);
        using TrainingState best = store.LoadBest();
        Assert.Equal(0.1, best.Score);
    }

    [Fact]
    public void DamagedOnes_ArePassedOver_WithAWarningEach()
    {
        using CheckpointStore store = new(_folder.Path, keepLast: 4);
        for (int step = 1; step <= 4; step++)
            Save(store, step);
        Damage(store.Paths[3]);
        File.WriteAllBytes(store.Paths[2], []);
        using TrainingState state = store.LoadLatest();
        Assert.Equal(2, state.Step);
        Assert.Equal(2, state.Warnings.Count);
        Assert.Contains(store.Paths[3], state.Warnings[0]);
        Assert.Contains(store.Paths[2], state.Warnings[1]);

        // Named directly, the damaged one is refused, and the last valid one before it is offered.
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => CheckpointStore.Load(store.Paths[3]));
        Assert.Contains("damaged or cut off", error.Message);
        Assert.EndsWith($"The last valid checkpoint before it is '{store.Paths[1]}'.", error.Message);
        using TrainingState named = CheckpointStore.Load(store.Paths[0]);
        Assert.Equal(1, named.Step);
        using TrainingState newest = CheckpointStore.Load(_folder.Path);
        Assert.Equal((2, 2), (newest.Step, newest.Warnings.Count));
        Assert.DoesNotContain("last valid", Assert.Throws<EdgeSimException>(() => CheckpointStore.Load(_folder["none/x"])).Message);
    }

    [Fact]
    public void WhenAllStepsAreDamaged_TheBestServes_AndElseEachIsNamed()
    {
        using CheckpointStore store = new(_folder.Path, keepLast: 2);
        Save(store, 1, 0.7);
        Save(store, 2, 0.6);
        Array.ForEach([.. store.Paths], Damage);
        using (TrainingState state = store.LoadLatest())
            Assert.Equal((1, 2), (state.Step, state.Warnings.Count));
        Damage(store.BestPath);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => store.LoadLatest());
        Assert.Contains("holds no valid checkpoint", error.Message);
        Assert.All(store.Paths.Append(store.BestPath), path => Assert.Contains(path, error.Message));
    }

    [Fact]
    public void ARunThatGoesOnFromAnEarlierStep_IsWhatIsResumedLater()
    {
        using CheckpointStore store = new(_folder.Path, keepLast: 1);
        Save(store, 5);
        byte[] later = File.ReadAllBytes(store.Paths[0]);
        Save(store, 3);
        using TrainingState latest = store.LoadLatest();
        Assert.Equal(3, latest.Step);
        Assert.Equal(later, File.ReadAllBytes(_folder["step-000000005.checkpoint.aside"]));
        Save(store, 5);
        Assert.Equal("step-000000005.checkpoint", Path.GetFileName(Assert.Single(store.Paths)));
    }

    [Fact]
    public void WhatAKilledRunLeft_IsCleanedAway_AndNothingElse()
    {
        using (CheckpointStore first = new(_folder.Path))
            Save(first, 1, 1);
        byte[] whole = File.ReadAllBytes(_folder["best.checkpoint"]);
        // As AtomicFile leaves them when its process dies.
        File.WriteAllBytes(_folder["step-000000002.checkpoint.4711.0123456789abcdef.part"], whole[..100]);
        File.WriteAllBytes(_folder["best.checkpoint.4711.0123456789abcdef.part"], whole);
        string[] others = ["notes.part", "step-x.checkpoint", "metrics.jsonl", "segmenter.onnx.1.a.part"];
        foreach (string other in others)
            File.WriteAllText(_folder[other], "");
        using CheckpointStore store = new(_folder.Path);
        using (TrainingState state = store.LoadLatest())
            Assert.Equal(1, state.Step);
        store.Claim();
        string[] kept = [.. others, ".lock", "best.checkpoint", "step-000000001.checkpoint"];
        Assert.Equal(kept.Order(StringComparer.Ordinal),
            Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TwoRuns_DontShareAFolder_ButReadingIsFree()
    {
        using CheckpointStore store = new(_folder.Path), other = new(_folder.Path);
        Save(store, 1);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => Save(other, 2));
        Assert.Contains("another run", error.Message);
        Assert.Throws<EdgeSimException>(other.Claim);
        using (TrainingState read = other.LoadLatest())
            Assert.Equal(1, read.Step);
        store.Dispose();
        Save(other, 2);
        Assert.Equal(2, other.Paths.Count);
    }

    [Fact]
    public void AFullDisk_KeepsTheOldOnes()
    {
        using SmallDisk disk = new();
        using CheckpointStore store = new(disk["run"], keepLast: 1);
        Save(store, 1, 0.5);
        disk.Fill();
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => Save(store, 2, 0.6));
        Assert.Contains("free space", error.Message);
        Assert.Equal(ExitCode.Output, error.ExitCode);
        using (TrainingState latest = store.LoadLatest())
        using (TrainingState best = store.LoadBest())
            Assert.Equal((1, 1), (latest.Step, best.Step));
        File.Delete(disk["filler"]);
        Save(store, 2, 0.6);
        using TrainingState next = store.LoadLatest();
        Assert.Equal((2, 1), (next.Step, store.Paths.Count));
        Assert.Empty(Directory.GetFiles(store.Folder, "*.part"));
    }

    private static void Save(CheckpointStore store, long step, double? score = null)
    {
        using IDisposable scope = NewDisposeScope();
        using TrainingState state = new("test", "{}");
        state.Put("step", tensor(step));
        state.Put("weights", zeros(5000));
        Assert.Equal(store.Save(state, step, score), store.Paths[^1]);
    }

    private static void Damage(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^5] ^= 16;
        File.WriteAllBytes(path, bytes);
    }
}
