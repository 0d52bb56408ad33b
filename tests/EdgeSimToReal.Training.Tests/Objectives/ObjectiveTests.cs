using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Objectives;

public sealed class ObjectiveTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public ObjectiveTests() => manual_seed(7);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Gan_IsMinusLogSigmoid_AlsoForLargeLogits()
    {
        double[] logits = [-2, 0.5, 3];
        Tensor d = tensor(logits);
        Assert.Equal(logits.Average(x => -Math.Log(1 / (1 + Math.Exp(-x)))), NonSaturatingGan.WantReal(d).item<double>(), 1e-12);
        Assert.Equal(logits.Average(x => -Math.Log(1 - (1 / (1 + Math.Exp(-x))))), NonSaturatingGan.WantFake(d).item<double>(), 1e-12);
        Assert.Equal(500, NonSaturatingGan.WantReal(tensor(new double[] { -1000, 1000 })).item<double>(), 1e-9);
    }

    [Fact]
    public void L1_IsTheMeanAbsoluteDifference() =>
        Assert.Equal(1.5, L1Reconstruction.Loss(tensor(new float[] { 1, 2 }), tensor(new float[] { 0, 4 })).item<float>());

    [Fact]
    public void InnerNll_ReadsEveryFourthPixelFromTheSecond()
    {
        Tensor labels = arange(8 * 12, ScalarType.Int64).reshape(1, 8, 12);
        Assert.Equal([26L, 30, 34, 74, 78, 82], InnerSemanticNll.Reduce(labels).flatten().data<long>().ToArray());
        // Only the pixel at (2, 6) is labelled: its cross entropy is the loss.
        Tensor few = full([1, 8, 12], 255, ScalarType.Byte), logits = randn([1, 5, 2, 3], ScalarType.Float64);
        few[0, 2, 6] = 3;
        double[] scores = [.. logits[0, TensorIndex.Colon, 0, 1].data<double>()];
        double expected = Math.Log(scores.Sum(Math.Exp)) - scores[3];
        Assert.Equal(expected, InnerSemanticNll.Loss(logits, few).item<double>(), 1e-12);
    }

    [Fact]
    public void SemanticLosses_WithoutLabels_AreZeroAndHaveNoGradient()
    {
        Tensor logits = randn([2, 5, 4, 4], requires_grad: true), none = full([2, 4, 4], 255, ScalarType.Byte);
        Tensor loss = new OuterSemanticNll(x => x).Loss(logits, none);
        loss.backward();
        Assert.Equal(0, loss.item<float>());
        Assert.Equal(0, logits.grad!.abs().sum().item<float>());
    }

    [Fact]
    public void OuterNll_FlowsThroughTheSegmenterToTheHybrid()
    {
        Tensor weight = randn([5, 3, 1, 1]), hybrid = randn([1, 3, 4, 4], requires_grad: true);
        Tensor labels = full([1, 4, 4], 2, ScalarType.Byte);
        OuterSemanticNll objective = new(x => nn.functional.conv2d(x, weight));
        Tensor before = objective.Loss(hybrid, labels);
        before.backward();
        Assert.True(objective.Loss(hybrid.detach() - (0.1 * hybrid.grad!), labels).item<float>() < before.item<float>());
        Assert.Throws<ArgumentException>(() => objective.Loss(hybrid, labels[TensorIndex.Colon, ..2]));
    }

    [Fact]
    public void FeatureMatching_IsTheMeanOverStages_AndDifferentiatesTheReconstructionOnly()
    {
        Tensor image = randn([1, 3, 4, 4], requires_grad: true), reconstruction = randn([1, 3, 4, 4], requires_grad: true);
        Tensor loss = new FeatureMatching(x => [x, 2 * x[TensorIndex.Ellipsis, ..1]]).Loss(reconstruction, image);
        Tensor difference = (reconstruction - image).abs();
        double expected = (difference.mean().item<float>() + (2 * difference[TensorIndex.Ellipsis, ..1].mean().item<float>())) / 2;
        Assert.Equal(expected, loss.item<float>(), 1e-6);
        loss.backward();
        Assert.Null(image.grad);
        Assert.True(reconstruction.grad!.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void ClassStyle_IsTheDistanceOfEachSharedClassesStatistics()
    {
        // Left half class 0, right half class 1; the photograph's right half is unknown, so class 0 alone is compared.
        Tensor labels = zeros([1, 6, 6], ScalarType.Byte), photographLabels = zeros([1, 6, 6], ScalarType.Byte);
        labels[TensorIndex.Ellipsis, 3..] = 1;
        photographLabels[TensorIndex.Ellipsis, 3..] = 255;
        Tensor photograph = randn([1, 3, 6, 6], requires_grad: true), hybrid = randn([1, 3, 6, 6], requires_grad: true);
        using ClassStyle objective = new(2);
        Tensor loss = objective.Loss([hybrid], labels, [photograph], photographLabels);
        Tensor made = hybrid[TensorIndex.Ellipsis, ..3].flatten(2), real = photograph[TensorIndex.Ellipsis, ..3].flatten(2);
        Tensor distance = (made.mean([2]) - real.mean([2])).abs() + (made.std(2, unbiased: false) - real.std(2, unbiased: false)).abs();
        Tensor scale = photograph.flatten(2).std(2, unbiased: false).mean();
        Assert.Equal((distance.mean() / scale).item<float>(), loss.item<float>(), 1e-4);
        loss.backward();
        Assert.Null(photograph.grad);
        Assert.True(hybrid.grad![TensorIndex.Ellipsis, ..3].abs().sum().item<float>() > 0);
        Assert.Equal(0, hybrid.grad![TensorIndex.Ellipsis, 3..].abs().sum().item<float>());
    }

    [Fact]
    public void ClassStyle_IsBlindToWhereAClassLies_AndZeroWithoutASharedClass()
    {
        Tensor labels = zeros([1, 6, 6], ScalarType.Byte), image = randn([1, 3, 6, 6]);
        Assert.Equal(0, Of(image.flip(2, 3), labels), 1e-4);
        Assert.True(Of(image * 2, labels) > 0.1);
        Assert.Equal(0, Of(image * 2, labels + 1));

        float Of(Tensor hybrid, Tensor photographLabels)
        {
            using ClassStyle objective = new(3);
            return objective.Loss([hybrid, hybrid.square()], labels, [image, image.square()], photographLabels).item<float>();
        }
    }

    [Fact]
    public void ClassStyle_TakesAClassThatThePhotographLacks_FromEarlierOnes_AndGoesOnFromACheckpoint()
    {
        Tensor first = zeros([1, 6, 6], ScalarType.Byte), second = ones([1, 6, 6], ScalarType.Byte);
        Tensor earlier = randn([1, 3, 6, 6]), photograph = randn([1, 3, 6, 6]), hybrid = (earlier * 2) + 1;
        using ClassStyle objective = new(2), resumed = new(2), forgetful = new(2);
        objective.Loss([hybrid], first, [earlier], first);
        using TrainingState state = new("test", "{}");
        objective.Save(state, "style");
        resumed.Load(state, "style", CPU);

        Tensor distance = (hybrid.mean([2, 3]) - earlier.mean([2, 3])).abs()
            + (hybrid.flatten(2).std(2, unbiased: false) - earlier.flatten(2).std(2, unbiased: false)).abs();
        float expected = (distance.mean() / photograph.flatten(2).std(2, unbiased: false).mean()).item<float>();
        float loss = objective.Loss([hybrid], first, [photograph], second).item<float>();
        Assert.Equal(expected, loss, 1e-4);
        Assert.Equal(loss, resumed.Loss([hybrid], first, [photograph], second).item<float>());
        Assert.Equal(0, forgetful.Loss([hybrid], first, [photograph], second).item<float>());
    }

    [Fact]
    public void LocalCorrelation_IsBlindToLightAndContrast_AndSeesMovedEdges()
    {
        Tensor source = randn([1, 3, 24, 24]).clamp(-1, 1);
        Assert.Equal(0, LocalCorrelation.Loss((source * 0.5) + 0.3, source).item<float>(), 0.02);
        Assert.True(LocalCorrelation.Loss(source.roll(3, 3), source).item<float>() > 0.7);
        Assert.True(LocalCorrelation.Loss(-source, source).item<float>() > 1.9);
        // Where the source is flat, nothing is said about what is there.
        Assert.Equal(0, LocalCorrelation.Loss(source, zeros_like(source)).item<float>());
        Tensor hybrid = source.roll(1, 3).requires_grad_();
        source.requires_grad_();
        LocalCorrelation.Loss(hybrid, source).backward();
        Assert.True(hybrid.grad!.abs().sum().item<float>() > 0);
        Assert.Null(source.grad);
    }

    [Fact]
    public void HingeGan_CountsLabelledPixelsAlone()
    {
        Tensor logits = tensor(new float[] { 0.5f, -3, 2, 7 }, [1, 1, 2, 2]), share = tensor(new float[] { 1, 0.5f, 1, 0 }, [1, 1, 2, 2]);
        (Tensor real, Tensor made) = HingeGan.DiscriminatorLosses([(logits, share)], [(logits, share)]);
        Assert.Equal((0.5 + (0.5 * 4) + 0) / 2.5, real.item<float>(), 1e-6);
        Assert.Equal((1.5 + 0 + 3) / 2.5, made.item<float>(), 1e-6);
        Assert.Equal(-(0.5 - 1.5 + 2) / 2.5, HingeGan.GeneratorLoss([(logits, share)]).item<float>(), 1e-6);
    }

    [Fact]
    public void StructureMatching_IsBlindToLightAndContrast_AndSeesNewEdges()
    {
        Tensor source = randn([2, 3, 8, 8]), edge = source.clone();
        edge[TensorIndex.Ellipsis, 4..] += 3;
        Tensor hybrid = (source * 0.5) + 0.3;
        Assert.Equal(0, StructureMatching.Loss([hybrid], [source]).item<float>(), 1e-3);
        Assert.True(StructureMatching.Loss([edge], [source]).item<float>() > 0.3);
        Assert.Equal(StructureMatching.Loss([edge], [source]).item<float>() / 2,
            StructureMatching.Loss([edge, hybrid], [source, source]).item<float>(), 1e-3);
        hybrid = edge.detach().requires_grad_();
        source.requires_grad_();
        StructureMatching.Loss([hybrid], [source]).backward();
        Assert.True(hybrid.grad!.abs().sum().item<float>() > 0);
        Assert.Null(source.grad);
    }

    [Fact]
    public void FeatureMeans_PullTheHybridsMeanToThePhotographs_AndGoOnFromACheckpoint()
    {
        Tensor photograph = randn([64, 2, 4, 4]) + tensor(new float[] { 1, -2 }).reshape(1, 2, 1, 1);
        Tensor hybrid = randn([64, 2, 4, 4], requires_grad: true);
        using FeatureMeans objective = new(), resumed = new();
        Tensor loss = objective.Loss([hybrid], [photograph]);
        Tensor pooled = photograph.mean([2, 3]);
        Tensor expected = ((hybrid.mean([0, 2, 3]) - pooled.mean([0])).square() / pooled.var(0, unbiased: false)).mean();
        Assert.Equal(1, loss.item<float>() / expected.item<float>(), 1e-3);
        loss.backward();
        Tensor nearer = hybrid.detach() - (hybrid.grad! * 5);
        Assert.True(nearer.mean([0, 2, 3])[0].item<float>() > hybrid.mean([0, 2, 3])[0].item<float>());
        Assert.True(nearer.mean([0, 2, 3])[1].item<float>() < hybrid.mean([0, 2, 3])[1].item<float>());

        using TrainingState state = new("test", "{}");
        objective.Save(state, "means0");
        resumed.Load(state, "means0", CPU);
        Assert.Equal(objective.Loss([nearer], [photograph]).item<float>(), resumed.Loss([nearer], [photograph]).item<float>());
    }

    [Fact]
    public void ShortFloats_AreLostInNoLoss()
    {
        Tensor logits = randn([4, 1]).to(ScalarType.BFloat16);
        Assert.Equal(ScalarType.Float32, NonSaturatingGan.WantReal(logits).dtype);
        Assert.Equal(ScalarType.Float32, L1Reconstruction.Loss(logits, logits).dtype);
    }

    [Fact]
    public void LazyR1_IsDueEverySixteenthStep() =>
        Assert.Equal([0, 16, 32], Enumerable.Range(0, 40).Where(step => new LazyR1().IsDue(step)));

    [Fact]
    public void DiscriminatorSteps_LeaveNoTensorsBehind()
    {
        ImageDiscriminatorConfiguration imageSizes = new() { CropHeight = 16, CropWidth = 16, Capacity = 0.02, MaxChannels = 8 };
        PatchDiscriminatorConfiguration patchSizes = new() { PatchSize = 8, Capacity = 0.04, MaxChannels = 8, HeadWidth = 8 };
        using Discriminators discriminators = new(imageSizes, patchSizes);
        Tensor images = randn([2, 3, 16, 16]);
        CropBox[] boxes = CropBox.Draw(new Random(3), 6);
        LazyR1 r1 = new();
        Step();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 20; i++)
            Step();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Step()
        {
            using IDisposable scope = NewDisposeScope();
            foreach (TorchSharp.Modules.Parameter parameter in discriminators.parameters())
                parameter.grad?.zero_();
            Tensor patches = PatchCrops.Sample(images, boxes, 8);
            (Tensor real, Tensor fake) = PatchCooccurrence.DiscriminatorLosses(discriminators.Patch, patches, patches, patches);
            (real + fake + NonSaturatingGan.WantFake(discriminators.Image.forward(images))).backward();
            r1.Loss(discriminators, images, patches, patches).Loss.backward();
        }
    }
}
