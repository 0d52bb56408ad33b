using EdgeSimToReal.Core;
using EdgeSimToReal.Training.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Checkpoints;

public sealed class TrainingStateTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public TrainingStateTests() => manual_seed(3);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void AModule_ComesBackBitExact_WithRunningStatisticsAndCounters()
    {
        using TemporaryFolder folder = new();
        using nn.Module<Tensor, Tensor> trained = Network(4), other = Network(4);
        for (int i = 0; i < 3; i++)
            trained.forward(randn(2, 3, 5, 5));
        using (TrainingState state = new("test", "{}"))
        {
            state.PutModule("net", trained);
            CheckpointFile.Write(folder["c"], state);
        }
        using TrainingState read = CheckpointFile.Read(folder["c"]);
        Assert.Equal(3, read.Get("net.1.num_batches_tracked").item<long>());
        read.LoadModule("net", other);
        Tensor image = randn(2, 3, 5, 5);
        Assert.Equal(3, other.named_buffers().Single(item => item.name == "1.num_batches_tracked").buffer.item<long>());
        trained.eval();
        other.eval();
        Assert.True(trained.forward(image).equal(other.forward(image)).all().item<bool>());
    }

    [Fact]
    public void PutTensors_AreShared_AndOutliveTheCallersScope()
    {
        using TrainingState state = new("test", "{}");
        Tensor values = zeros(3);
        using (NewDisposeScope())
        {
            state.Put("shared", values);
            state.Put("temporary", arange(3));
        }
        values.fill_(2);
        Assert.Equal([2f, 2, 2], state.Get("shared").data<float>().ToArray());
        Assert.Equal([0L, 1, 2], state.Get("temporary").data<long>().ToArray());
        Assert.Throws<ArgumentException>(() => state.Put("shared", values));
        Tensor kept = state.Get("shared");
        state.Dispose();
        Assert.True(kept.IsInvalid);
        Assert.Equal(2, values[0].item<float>());
    }

    [Fact]
    public void AnotherNetwork_IsOneClearError_AndNothingChanges()
    {
        using TemporaryFolder folder = new();
        using nn.Module<Tensor, Tensor> trained = Network(4), wider = Network(5), longer = Network(4, more: true), doubled = Network(4);
        doubled.to(ScalarType.Float64);
        using TrainingState state = new("test", "{}");
        state.PutModule("net", trained);
        CheckpointFile.Write(folder["c"], state);
        using TrainingState read = CheckpointFile.Read(folder["c"]);
        Refuses(wider, "of another shape", "net.0.weight", "[4, 3, 3, 3]", "[5, 3, 3, 3]");
        Refuses(longer, "missing", "net.2.weight");
        Refuses(doubled, "of another shape", "Float32", "Float64");
        using nn.Module<Tensor, Tensor> shorter = nn.Sequential(nn.Conv2d(3, 4, 3));
        Refuses(shorter, "unexpected", "net.1.weight");

        void Refuses(nn.Module module, params string[] words)
        {
            Tensor before = module.parameters().First().clone();
            EdgeSimException error = Assert.Throws<EdgeSimException>(() => read.LoadModule("net", module));
            Assert.All(words.Append(folder["c"]), word => Assert.Contains(word, error.Message));
            Assert.True(before.equal(module.parameters().First()).all().item<bool>());
        }
    }

    [Fact]
    public void WhatIsMissing_OrOfAnotherKind_IsNamed()
    {
        using TrainingState state = new("segmenter", "{}") { Counters = { ["seed"] = 7 } };
        Assert.Equal(7, state.Counter("seed"));
        Assert.Contains("no counter 'step'", Assert.Throws<EdgeSimException>(() => state.Counter("step")).Message);
        Assert.Contains("no number 'loss'", Assert.Throws<EdgeSimException>(() => state.Number("loss")).Message);
        Assert.Contains("no text 'name'", Assert.Throws<EdgeSimException>(() => state.Text("name")).Message);
        Assert.Contains("no tensor 'E.x'", Assert.Throws<EdgeSimException>(() => state.Get("E.x")).Message);
        state.RequireKind("segmenter");
        Assert.Contains("of a segmenter training, not of a lcsae training",
            Assert.Throws<EdgeSimException>(() => state.RequireKind("lcsae")).Message);
    }

    private static nn.Module<Tensor, Tensor> Network(int channels, bool more = false) => nn.Sequential(
    [
        nn.Conv2d(3, channels, 3), nn.BatchNorm2d(channels),
        .. more ? new nn.Module<Tensor, Tensor>[] { nn.Conv2d(channels, 2, 1) } : [],
    ]);
}
