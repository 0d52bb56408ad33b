using EdgeSimToReal.Core;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Optimisation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Optimizer = EdgeSimToReal.Training.Optimisation.Optimizer;

namespace EdgeSimToReal.Training.Tests.Optimisation;

public sealed class OptimizerTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public OptimizerTests() => manual_seed(11);

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.9, 0)]
    [InlineData(0.9, 0.01)]
    public void Adam_IsTorchSharps(double beta1, double decay)
    {
        using nn.Module<Tensor, Tensor> mine = Network(), theirs = Copy(mine);
        using AdamOptimizer adam = new([ParameterGroup.Of(mine)], 0.01, beta1, 0.99, 1e-8, decay);
        using optim.Optimizer reference = decay > 0
            ? optim.AdamW(theirs.parameters(), 0.01, beta1, 0.99, 1e-8, decay)
            : optim.Adam(theirs.parameters(), 0.01, beta1, 0.99, 1e-8);
        Compare(mine, theirs, adam, reference);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.9, 0)]
    [InlineData(0.9, 0.05)]
    public void Sgd_IsTorchSharps(double momentum, double decay)
    {
        using nn.Module<Tensor, Tensor> mine = Network(), theirs = Copy(mine);
        using SgdOptimizer sgd = new([ParameterGroup.Of(mine)], 0.01, momentum, decay);
        using optim.Optimizer reference = optim.SGD(theirs.parameters(), 0.01, momentum, weight_decay: decay);
        Compare(mine, theirs, sgd, reference);
    }

    [Fact]
    public void Adam_IsItsFormula_AtEachRate()
    {
        const double beta1 = 0.5, beta2 = 0.9, epsilon = 1e-3, decay = 0.1;
        using Parameter parameter = new(tensor(new[] { 2.0, -1 }));
        using AdamOptimizer adam = new([new ParameterGroup([("p", parameter)], 0.5)], 0, beta1, beta2, epsilon, decay);
        double[] theta = [2, -1], m = [0, 0], v = [0, 0];
        for (int t = 1; t <= 20; t++)
        {
            adam.LearningRate = 0.1 / t;
            double[] g = [Math.Sin(t), t % 3];
            parameter.grad = tensor(g);
            adam.Step();
            for (int i = 0; i < 2; i++)
            {
                theta[i] *= 1 - (0.05 / t * decay);
                m[i] = (beta1 * m[i]) + ((1 - beta1) * g[i]);
                v[i] = (beta2 * v[i]) + ((1 - beta2) * g[i] * g[i]);
                double mean = m[i] / (1 - Math.Pow(beta1, t)), variance = v[i] / (1 - Math.Pow(beta2, t));
                theta[i] -= 0.05 / t * mean / (Math.Sqrt(variance) + epsilon);
                Assert.Equal(theta[i], parameter[i].item<double>(), 1e-12);
            }
        }
    }

    [Fact]
    public void LazyRegularisation_MakesSeventeenUpdatesWorthSixteen()
    {
        (double rate, double beta1, double beta2) = AdamOptimizer.ForLazyRegularisation(0.002, 0, 0.99, 16);
        Assert.Equal((0.002 * 16 / 17, 0.0), (rate, beta1));
        Assert.Equal(Math.Pow(0.99, 16), Math.Pow(beta2, 17), 1e-12);
    }

    [Fact]
    public void ParametersWithoutAGradient_AreLeftAlone()
    {
        using Parameter trained = new(ones(3)), idle = new(ones(3));
        using AdamOptimizer adam = new([new ParameterGroup([("a", trained), ("b", idle)])], 0.1, 0.9, weightDecay: 0.1);
        using AdamOptimizer alone = new([new ParameterGroup([("b", idle)])], 0.1, 0.9, weightDecay: 0.1);
        trained.grad = ones(3);
        adam.Step();
        Assert.NotEqual(1, trained[0].item<float>());
        Assert.Equal([1f, 1, 1], idle.data<float>().ToArray());
        adam.ZeroGradients();
        Assert.Null(trained.grad);
        // Its first step is then corrected as a first one: θ - η·sign(g).
        idle.grad = full(3, 0.001f);
        adam.Step();
        Assert.Equal(0.99 - 0.1, idle[0].item<float>(), 1e-3);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.9)]
    public void AResumedOptimiser_GoesOnBitExactly(double beta)
    {
        using TemporaryFolder folder = new();
        foreach (Func<nn.Module, Optimizer> create in new Func<nn.Module, Optimizer>[]
        {
            module => new AdamOptimizer([ParameterGroup.Of(module, "x.")], 0.01, beta),
            module => new SgdOptimizer([ParameterGroup.Of(module, "x.")], 0.01, beta, 0.01),
        })
        {
            using nn.Module<Tensor, Tensor> through = Network(), before = Copy(through), after = Network();
            using Optimizer whole = create(through), first = create(before), second = create(after);
            Tensor[] images = [.. Enumerable.Range(0, 6).Select(_ => randn(2, 3, 6, 6))];
            Train(through, whole, images);
            Train(before, first, images[..3]);
            using (TrainingState state = new("test", "{}"))
            {
                state.PutModule("net", before);
                first.Save(state, "optimiser");
                CheckpointFile.Write(folder["c"], state);
            }
            using TrainingState read = CheckpointFile.Read(folder["c"]);
            read.LoadModule("net", after);
            second.Load(read, "optimiser");
            Train(after, second, images[3..]);
            Assert.All(through.parameters().Zip(after.parameters()), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
        }
    }

    [Fact]
    public void TheStateOfOtherParameters_IsOneClearError_AndNothingChanges()
    {
        using Parameter a = new(ones(3)), b = new(ones(4));
        using AdamOptimizer small = new([new ParameterGroup([("a", a)])], 0.1), large = new([new ParameterGroup([("a", b)])], 0.1),
            mean = new([new ParameterGroup([("a", a)])], 0.1, 0.9);
        using TrainingState state = new("test", "{}");
        small.Save(state, "G");
        Assert.Contains("'G'", Assert.Throws<EdgeSimException>(() => large.Load(state, "G")).Message);
        Assert.Contains("G.a.exp_avg", Assert.Throws<EdgeSimException>(() => mean.Load(state, "G")).Message);
        Assert.Throws<EdgeSimException>(() => small.Load(state, "D"));
        Assert.Throws<ArgumentException>(() => new AdamOptimizer([new ParameterGroup([("a", a)]), new ParameterGroup([("a", b)])], 0.1));
    }

    [Fact]
    public void Steps_LeaveNoTensorsBehind()
    {
        using nn.Module<Tensor, Tensor> module = Network();
        using AdamOptimizer adam = new([ParameterGroup.Of(module)], 0.01, 0.9, weightDecay: 0.1);
        using SgdOptimizer sgd = new([ParameterGroup.Of(module)], 0.01, 0.9, 0.1);
        using MovingAverage average = new(module, 0.9, warmUp: true);
        Tensor[] images = [randn(2, 3, 6, 6)];
        Step();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 20; i++)
            Step();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Step()
        {
            Train(module, adam, images);
            Train(module, sgd, images);
            average.Update();
            using TrainingState state = new("test", "{}");
            state.PutModule("net", module);
            adam.Save(state, "adam");
            adam.Load(state, "adam");
            average.Save(state, "average");
            average.Load(state, "average");
        }
    }

    [Fact]
    public void WithoutBeta1_NoFirstMomentIsKept()
    {
        using nn.Module<Tensor, Tensor> module = Network();
        using AdamOptimizer adam = new([ParameterGroup.Of(module)], 0.01), full = new([ParameterGroup.Of(module)], 0.01, 0.9);
        using TrainingState small = new("test", "{}"), large = new("test", "{}");
        adam.Save(small, "a");
        full.Save(large, "a");
        Assert.DoesNotContain(small.Tensors.Keys, name => name.EndsWith("exp_avg", StringComparison.Ordinal));
        Assert.Equal(module.parameters().Count(), large.Tensors.Keys.Count(name => name.EndsWith("exp_avg", StringComparison.Ordinal)));
    }

    private static void Compare(
        nn.Module<Tensor, Tensor> mine, nn.Module<Tensor, Tensor> theirs, Optimizer optimizer, optim.Optimizer reference)
    {
        for (int step = 0; step < 30; step++)
        {
            double rate = 0.01 / (1 + step);
            optimizer.LearningRate = rate;
            foreach (optim.ILearningRateController group in reference.ParamGroups)
                group.LearningRate = rate;
            Tensor image = randn(2, 3, 6, 6);
            Train(mine, optimizer, [image]);
            reference.zero_grad();
            Loss(theirs, image).backward();
            reference.step();
            foreach ((Parameter one, Parameter other) in mine.parameters().Zip(theirs.parameters()))
                Assert.True(one.allclose(other, 1e-5, 1e-6), $"step {step}: {(one - other).abs().max().item<float>()}");
        }
    }

    private static void Train(nn.Module<Tensor, Tensor> module, Optimizer optimizer, IEnumerable<Tensor> images)
    {
        foreach (Tensor image in images)
        {
            using IDisposable scope = NewDisposeScope();
            optimizer.ZeroGradients();
            Loss(module, image).backward();
            optimizer.Step();
        }
    }

    private static Tensor Loss(nn.Module<Tensor, Tensor> module, Tensor image) => (module.forward(image) - image.mean()).square().mean();

    private static Sequential Network() => nn.Sequential(nn.Conv2d(3, 4, 3), nn.Tanh(), nn.Conv2d(4, 2, 3));

    private static Sequential Copy(nn.Module module)
    {
        Sequential copy = Network();
        using TrainingState state = new("test", "{}");
        state.PutModule("net", module);
        state.LoadModule("net", copy);
        return copy;
    }
}
