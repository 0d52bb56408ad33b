using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Segmentation;
using EdgeSimToReal.Networks.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests.Segmentation;

public sealed class SegmenterTests : IDisposable
{
    private static readonly SegmenterConfiguration Small = new() { Architecture = SegmenterArchitecture.UNet, Classes = 4, Width = 4 };

    private readonly IDisposable _scope = NewDisposeScope();

    public SegmenterTests() => manual_seed(1);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Training_RunningStatistics_MoveByTheirMomentum()
    {
        using Segmenter segmenter = new(new());
        using IDisposable gradients = no_grad();
        Dictionary<string, WeightTensor> before = SegmenterGolden.Weights(segmenter.Configuration);
        ModuleWeights.Import(segmenter, before, "golden formula");
        Tensor image = randn(2, 3, 48, 64);
        (_, IReadOnlyList<Tensor> stages) = segmenter.ForwardWithFeatures(image);
        Dictionary<string, WeightTensor> after = ModuleWeights.Export(segmenter);
        CheckMean("backbone.low_level_features.0", 0.01, image, stride: 2);
        CheckMean("classifier.project", 0.1, stages[0], stride: 1);

        void CheckMean(string name, double momentum, Tensor x, long stride)
        {
            WeightTensor weight = before[$"{name}.0.weight"];
            Tensor kernel = tensor(weight.Values, [.. weight.Shape.Select(size => (long)size)]);
            Tensor y = nn.functional.conv2d(x, kernel, strides: [stride, stride]);
            Tensor mean = (tensor(before[$"{name}.1.running_mean"].Values) * (1 - momentum)) + (y.mean([0, 2, 3]) * momentum);
            Assert.InRange(GoldenTensor.RelativeL2(after[$"{name}.1.running_mean"].Values, mean.data<float>().ToArray()), 0, 1e-5);
        }
    }

    [Fact]
    public void Evaluation_StatisticsAndOutput_DependOnNoBatch()
    {
        using Segmenter segmenter = new(Small);
        using IDisposable gradients = no_grad();
        Tensor images = randn(3, 3, 32, 48);
        for (int i = 0; i < 20; i++)
            segmenter.forward(randn(4, 3, 32, 48)); // statistics other than the initial ones
        segmenter.eval();
        Dictionary<string, WeightTensor> before = ModuleWeights.Export(segmenter);
        Tensor together = segmenter.forward(images);
        Assert.True(together[1..2].allclose(segmenter.forward(images[1..2]), 1e-4, 1e-5));
        Assert.All(ModuleWeights.Export(segmenter), weight => Assert.Equal(before[weight.Key].Values, weight.Value.Values));
        segmenter.train();
        Assert.False(together[1..2].allclose(segmenter.forward(images[1..2]), 1e-2, 1e-2));
    }

    [Theory]
    [InlineData("deeplabv3plus_mobilenet")]
    [InlineData("unet")]
    public void Dropout_ActsInTrainingOnly(string architecture)
    {
        using Segmenter segmenter = new(Small with { Architecture = SegmenterConfiguration.ParseArchitecture(architecture) });
        using IDisposable gradients = no_grad();
        Tensor images = randn(2, 3, 32, 48);
        Assert.False(segmenter.forward(images).equal(segmenter.forward(images)).all().item<bool>());
        segmenter.eval();
        Assert.True(segmenter.forward(images).equal(segmenter.forward(images)).all().item<bool>());
    }

    [Theory]
    [InlineData("deeplabv3plus_mobilenet", true)]
    [InlineData("deeplabv3plus_mobilenet", false)]
    [InlineData("deeplabv3plus_resnet50", true)]
    [InlineData("unet", true)]
    [InlineData("unet", false)]
    public void Gradient_ReachesImageAndEveryParameter(string architecture, bool training)
    {
        using Segmenter segmenter = new(new() { Architecture = SegmenterConfiguration.ParseArchitecture(architecture), Classes = 4 });
        segmenter.train(training);
        Tensor image = randn(3, 3, 48, 64).requires_grad_();
        (Tensor logits, IReadOnlyList<Tensor> stages) = segmenter.ForwardWithFeatures(image);
        Tensor loss = nn.functional.cross_entropy(logits, randint(0, 4, [3, 48, 64], int64));
        foreach (Tensor stage in stages)
            loss += stage.abs().mean();
        loss.backward();
        CheckGradient("image", image);
        Assert.All(segmenter.named_parameters(), item => CheckGradient(item.name, item.parameter));

        static void CheckGradient(string name, Tensor leaf)
        {
            Assert.True(leaf.grad is not null, name);
            Assert.True(leaf.grad.isfinite().all().item<bool>(), name);
            Assert.True(leaf.grad.abs().max().item<float>() > 0, name);
        }
    }

    [Fact]
    public void UNet_Derivatives_AgreeWithDifferences()
    {
        using Segmenter segmenter = new(Small);
        segmenter.to(ScalarType.Float64);
        Tensor image = randn(2, 3, 24, 16, dtype: float64).requires_grad_();
        // In training without the head, whose dropout is random; with it in evaluation.
        GradientCheck.First(() => segmenter.Features(image)[3], [image, .. segmenter.BackboneParameters()]);
        segmenter.eval();
        GradientCheck.First(() => segmenter.forward(image), [image, .. segmenter.parameters()]);
    }

    [Theory]
    [InlineData("deeplabv3plus_mobilenet")]
    [InlineData("unet")]
    public void Normalise_SignedImage_IsWhatTheNetworkExpects(string architecture)
    {
        SegmenterConfiguration configuration = Small with { Architecture = SegmenterConfiguration.ParseArchitecture(architecture) };
        using Segmenter segmenter = new(configuration);
        float[] mean = architecture == "unet" ? [0.5f, 0.5f, 0.5f] : [0.485f, 0.456f, 0.406f];
        float[] deviation = architecture == "unet" ? [0.5f, 0.5f, 0.5f] : [0.229f, 0.224f, 0.225f];
        Tensor image = rand(2, 3, 16, 17);
        Tensor expected = (image - tensor(mean, [1, 3, 1, 1])) / tensor(deviation, [1, 3, 1, 1]);
        Assert.True(expected.allclose(segmenter.Normalise((2 * image) - 1), 1e-5, 1e-5));
    }

    [Fact]
    public void UNet_EightImages_AreLearned()
    {
        using Segmenter segmenter = new(Small with { Width = 8 });
        using optim.Optimizer optimizer = optim.AdamW(segmenter.parameters(), 1e-2);
        // Each image: noise, and a rectangle of each further class in that class's colour.
        Tensor images = randn(8, 3, 32, 48) * 0.2, labels = zeros(8, 32, 48, dtype: int64);
        for (int i = 0; i < 8; i++)
        {
            for (int c = 1; c < 4; c++)
            {
                (int top, int left) = ((i * 5 + c * 7) % 18, (i * 11 + c * 13) % 30);
                images[i, c - 1, top..(top + 12), left..(left + 16)].add_(1);
                labels[i, top..(top + 12), left..(left + 16)].fill_(c);
            }
        }
        List<double> losses = [];
        List<long> live = [];
        for (int step = 0; step < 40; step++)
        {
            using (IDisposable scope = NewDisposeScope())
            {
                optimizer.zero_grad();
                Tensor loss = nn.functional.cross_entropy(segmenter.forward(images), labels);
                loss.backward();
                optimizer.step();
                losses.Add(loss.item<float>());
            }
            live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        segmenter.eval();
        Tensor right = segmenter.forward(images).argmax(1).eq(labels);
        Assert.True(losses[^1] < 0.5 * losses[0], $"The loss went from {losses[0]} to {losses[^1]}.");
        Assert.InRange(right.to(float32).mean().item<float>(), 0.8f, 1); // in evaluation too: the running statistics have followed
        Assert.Equal(live[5], live[^1]);
    }

    [Theory]
    [InlineData("deeplabv3plus_mobilenet")]
    [InlineData("unet")]
    public void SaveThenLoad_GivesTheSameNetwork(string architecture)
    {
        using TemporaryFolder folder = new();
        SegmenterConfiguration configuration = Small with { Architecture = SegmenterConfiguration.ParseArchitecture(architecture) };
        using Segmenter segmenter = new(configuration);
        using IDisposable gradients = no_grad();
        segmenter.forward(randn(2, 3, 32, 32)); // moves the running statistics
        segmenter.eval();
        segmenter.Save(folder["weights.safetensors"], new Dictionary<string, string> { ["licence"] = "test only" });
        Assert.Equal("test only", SafetensorsFile.Read(folder["weights.safetensors"]).Metadata["licence"]);
        using Segmenter loaded = Segmenter.Load(folder["weights.safetensors"]);
        Assert.Equal(configuration with { Width = loaded.Configuration.Width }, loaded.Configuration);
        Assert.False(loaded.training);
        Tensor image = randn(1, 3, 32, 48);
        Assert.True(segmenter.forward(image).equal(loaded.forward(image)).all().item<bool>());
    }

    [Fact]
    public void Import_FaultyWeights_NamesEachFaultAndChangesNothing()
    {
        using Segmenter segmenter = new(Small);
        Dictionary<string, WeightTensor> before = ModuleWeights.Export(segmenter), faulty = new(before)
        {
            ["backbone.stage0.0.0.weight"] = new WeightTensor([4, 3, 1, 1], new float[12]),
            ["backbone.stage1.0.1.running_var"] = new WeightTensor([2], [1, 1]),
            ["backbone.stage1.0.1.num_batches_tracked"] = new WeightTensor([], [7]), // PyTorch's counter: passed over
            ["module.extra"] = new WeightTensor([1], [1]),
        };
        faulty.Remove("classifier.stage0.join.1.running_mean");
        faulty["classifier.predict.bias"] = new WeightTensor([4], [0, 0, float.NaN, 0]);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => ModuleWeights.Import(segmenter, faulty, "faulty.safetensors"));
        Assert.Contains("1 missing (classifier.stage0.join.1.running_mean)", error.Message);
        Assert.Contains("1 unexpected (module.extra)", error.Message);
        Assert.Contains("2 of another shape (backbone.stage0.0.0.weight: [4, 3, 1, 1] for [4, 3, 3, 3]", error.Message);
        Assert.Contains("backbone.stage1.0.1.running_var: [2] for [8]", error.Message);
        Assert.Contains("1 not finite (classifier.predict.bias)", error.Message);
        Assert.All(ModuleWeights.Export(segmenter), weight => Assert.Equal(before[weight.Key].Values, weight.Value.Values));
    }

    [Fact]
    public void Load_OtherClasses_IsRefused()
    {
        using TemporaryFolder folder = new();
        using (Segmenter segmenter = new(Small))
            segmenter.Save(folder["four.safetensors"]);
        EdgeSimException error = Assert.Throws<EdgeSimException>(
            () => Segmenter.Load(folder["four.safetensors"], Small with { Classes = 5 }));
        Assert.Contains("classifier.predict.weight: [4, 4, 1, 1] for [5, 4, 1, 1]", error.Message);
    }

    [Theory]
    [InlineData("deeplabv3plus_resnet50")]
    [InlineData("unet")]
    public void Initialisation_IsKaimingNormal(string architecture)
    {
        SegmenterConfiguration configuration = new() { Architecture = SegmenterConfiguration.ParseArchitecture(architecture) };
        using Segmenter segmenter = new(configuration);
        Dictionary<string, WeightTensor> weights = ModuleWeights.Export(segmenter);
        Assert.All(configuration.Layers().Where(layer => weights[$"{layer.Name}.weight"].Count > 5000), layer =>
        {
            double fan = (layer.IsBackbone ? layer.Output : layer.Input) * layer.Size * layer.Size;
            float[] values = weights[$"{layer.Name}.weight"].Values;
            Assert.InRange(Math.Sqrt(values.Average(value => (double)value * value) * fan / 2), 0.95, 1.05);
        });
    }
}
