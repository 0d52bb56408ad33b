using EdgeSimToReal.Networks.Layers;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests;

public sealed class FeatureDiscriminatorTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void AHead_AnswersForEachPixelsClass()
    {
        manual_seed(3);
        using FeatureDiscriminator critic = new([3, 6], classes: 4, width: 8);
        Tensor labels = zeros([2, 32, 48], ScalarType.Byte);
        labels[TensorIndex.Ellipsis, 24..] = 3;
        labels[TensorIndex.Colon, 16.., TensorIndex.Colon] = 255;
        Tensor[] stages = [randn(2, 3, 32, 48), randn(2, 6, 8, 12)];
        IReadOnlyList<(Tensor Logits, Tensor Share)> answers = critic.Forward(stages, labels);
        Assert.Equal([2, 1, 8, 12], answers[0].Logits.shape);
        Assert.Equal([2, 1, 8, 12], answers[1].Logits.shape);
        Assert.All(answers, answer =>
        {
            Assert.Equal(1, answer.Share[TensorIndex.Ellipsis, ..4, TensorIndex.Colon].min().item<float>());
            Assert.Equal(0, answer.Share[TensorIndex.Ellipsis, 4.., TensorIndex.Colon].max().item<float>());
            Assert.Equal(0, answer.Logits[TensorIndex.Ellipsis, 4.., TensorIndex.Colon].abs().max().item<float>());
        });
        // Another class, another answer for the same pixels.
        critic.eval();
        Tensor before = critic.Forward(stages, zeros_like(labels))[1].Logits, after = critic.Forward(stages, ones_like(labels))[1].Logits;
        Assert.True((before - after).abs().min().item<float>() > 0);
    }

    [Fact]
    public void ASpectralConvolution_HasALargestSingularValueOf1()
    {
        manual_seed(5);
        using SpectralConvolution layer = new(12, 7, 1);
        for (int pass = 0; pass < 60; pass++)
            layer.forward(zeros(1, 12, 1, 1)).Dispose();
        layer.eval();
        // What a 1×1 convolution makes of the unit vectors is its matrix.
        Tensor matrix = layer.forward(eye(12).reshape(12, 12, 1, 1)).reshape(12, 7);
        Assert.Equal(1, linalg.svdvals(matrix).max().item<float>(), 1e-3);
    }

    [Fact]
    public void ASecondPass_DoesNotSpoilTheFirstOnesGradient()
    {
        manual_seed(7);
        using FeatureDiscriminator critic = new([3], classes: 2, width: 4);
        Tensor picture = randn(1, 3, 16, 16), labels = zeros([1, 16, 16], ScalarType.Byte);
        Tensor first = critic.Forward([picture], labels)[0].Logits.sum(), second = critic.Forward([picture * 2], labels)[0].Logits.sum();
        (first + second).backward();
        Assert.All(critic.parameters(), parameter => Assert.NotNull(parameter.grad));
    }
}
