using EdgeSimToReal.Core;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Optimisation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Optimisation;

public sealed class MovingAverageTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public MovingAverageTests() => manual_seed(5);

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(0.9, false)]
    [InlineData(0.9, true)]
    [InlineData(0.2, true)]
    public void ParametersFollowTheFormula_AndBuffersAreCopied(double decay, bool warmUp)
    {
        using BatchNorm2d module = nn.BatchNorm2d(2), shown = nn.BatchNorm2d(2);
        using MovingAverage average = new(module, decay, warmUp);
        double expected = 1; // a batch normalisation's weights at first
        for (int t = 1; t <= 200; t++)
        {
            using (no_grad())
                module.weight!.fill_(Math.Sin(t));
            module.forward(randn(3, 2, 4, 4));
            average.Update();
            double d = warmUp ? Math.Min(decay, (1.0 + t) / (10 + t)) : decay;
            expected += (1 - d) * (Math.Sin(t) - expected);
            average.CopyTo(shown);
            Assert.Equal(expected, shown.weight![1].item<float>(), 1e-5);
            Assert.Equal(module.running_var!.data<float>().ToArray(), shown.running_var!.data<float>().ToArray());
            Assert.Equal((float)Math.Sin(t), module.weight![1].item<float>(), 1e-6);
        }
        Assert.Equal(200, average.Updates);
        Assert.Equal(200, shown.named_buffers().Single(item => item.name == "num_batches_tracked").buffer.item<long>());
    }

    [Fact]
    public void ADecayNearOne_ConvergesToTheModuleItself()
    {
        using Linear module = nn.Linear(1, 1, hasBias: false), shown = nn.Linear(1, 1, hasBias: false);
        using (no_grad())
            module.weight!.fill_(0);
        using MovingAverage average = new(module, 0.999);
        using (no_grad())
            module.weight!.fill_(0.7);
        for (int i = 0; i < 20_000; i++)
            average.Update();
        average.CopyTo(shown);
        Assert.Equal(0.7, shown.weight!.item<float>(), 1e-4);
    }

    [Fact]
    public void ItComesBackBitExact()
    {
        using Linear module = nn.Linear(3, 2), one = nn.Linear(3, 2), other = nn.Linear(3, 2), wider = nn.Linear(4, 2);
        using MovingAverage average = new(module, 0.9, warmUp: true), resumed = new(other, 0.9, warmUp: true), misfit = new(wider, 0.9);
        for (int i = 0; i < 4; i++)
        {
            using (no_grad())
                module.weight!.add_(randn(2, 3));
            average.Update();
        }
        using TrainingState state = new("test", "{}");
        average.Save(state, "average");
        resumed.Load(state, "average");
        Assert.Equal(4, resumed.Updates);
        average.CopyTo(one);
        resumed.CopyTo(other);
        Assert.Equal(one.weight!.data<float>().ToArray(), other.weight!.data<float>().ToArray());
        Assert.Throws<EdgeSimException>(() => misfit.Load(state, "average"));
        Assert.Equal(0, misfit.Updates);
        Assert.Throws<ArgumentException>(() => average.CopyTo(nn.Linear(3, 2, hasBias: false)));
    }
}
