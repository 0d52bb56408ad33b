using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Training.Data;
using EdgeSimToReal.Training.Lcsae;
using EdgeSimToReal.Training.Objectives;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Lcsae;

public sealed class SemanticLossTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public SemanticLossTests() => manual_seed(5);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void WeightsAndDice_FollowTheirFormulas()
    {
        const int classes = 4;
        double[] weights = [1, 0.5, 3, 0];
        Tensor logits = randn([2, classes, 3, 5], ScalarType.Float64), labels = randint(classes, [2, 3, 5], ScalarType.Byte);
        labels[0, 1, 1] = 255;
        labels[labels.eq(2)] = 255; // class 2 does not occur
        double[,,] share = new double[classes, 2, 15];
        Tensor p = logits.softmax(1).flatten(2);
        double nll = 0, mass = 0;
        double[] both = new double[classes], predicted = new double[classes], truth = new double[classes];
        for (int n = 0; n < 2; n++)
        {
            for (int i = 0; i < 15; i++)
            {
                int y = labels.flatten(1)[n, i].item<byte>();
                if (y == 255)
                    continue;
                nll -= weights[y] * Math.Log(p[n, y, i].item<double>());
                mass += weights[y];
                truth[y]++;
                both[y] += p[n, y, i].item<double>();
                for (int c = 0; c < classes; c++)
                    predicted[c] += p[n, c, i].item<double>();
            }
        }
        int[] present = [.. Enumerable.Range(0, classes).Where(c => truth[c] > 0)];
        double dice = present.Average(c => 1 - (2 * both[c] / (predicted[c] + truth[c])));
        Assert.Equal(nll / mass, new SemanticLoss(weights).Loss(logits, labels).item<double>(), 1e-9);
        Assert.Equal((nll / mass) + (0.7 * dice), new SemanticLoss(weights, 0.7).Loss(logits, labels).item<double>(), 1e-9);
    }

    [Fact]
    public void Dice_IsZeroForAPerfectReading_AndWithoutLabels()
    {
        Tensor labels = randint(3, [1, 4, 4], ScalarType.Byte), none = full_like(labels, 255);
        Tensor logits = (nn.functional.one_hot(labels.to(ScalarType.Int64), 3).permute(0, 3, 1, 2).to(ScalarType.Float32) * 80).requires_grad_();
        Assert.Equal(0, new SemanticLoss(dice: 1).Loss(logits, labels).item<float>(), 1e-6);
        Tensor empty = new SemanticLoss([1, 2, 3], 1).Loss(logits, none);
        empty.backward();
        Assert.Equal(0, empty.item<float>());
        Assert.Equal(0, logits.grad!.abs().sum().item<float>());
        Assert.Throws<ArgumentException>(() => new SemanticLoss([1, 2]).Loss(logits, labels));
        Assert.Throws<ArgumentException>(() => new SemanticLoss([0, 0, 0]));
    }

    [Fact]
    public void ClassWeights_AreGivenCountedOrByImportance()
    {
        LabelSpace space = LabelSpaces.Shared10;
        Assert.Null(ClassWeights.For(new SemanticOptions(), space, []));
        IReadOnlyList<double> given = ClassWeights.For(new SemanticOptions
        {
            ClassWeighting = ClassWeighting.Given,
            ClassWeights = new Dictionary<string, double> { ["person"] = 7 },
        }, space, [])!;
        Assert.Equal(space.Classes.Select(c => c.Name == "person" ? 7.0 : 1), given);
        IReadOnlyList<double> importance = ClassWeights.For(
            new SemanticOptions { ClassWeighting = ClassWeighting.Importance, ImportantWeight = 3 }, space, [])!;
        Assert.Equal(["pole", "traffic sign", "person", "vehicle"], space.Classes.Where(c => importance[c.Id] == 3).Select(c => c.Name));
        // 1/√share of 0.81, 0.09 and 0.1 against their mean; a class that does not occur keeps 1.
        double[] raw = [1 / 0.9, 1 / 0.3, Math.Sqrt(10)];
        IReadOnlyList<double> counted = ClassWeights.InverseFrequency([810, 90, 100, 0]);
        Assert.Equal([.. raw.Select(weight => weight / raw.Average()), 1.0], counted, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(10, ClassWeights.InverseFrequency([.. Enumerable.Repeat(1_000_000_000L, 30), 1])[^1]);
    }

    [Fact]
    public void InverseFrequency_CountsTheTrainingLabels()
    {
        using Streets streets = new(2);
        IReadOnlyList<double> weights = ClassWeights.For(new SemanticOptions { ClassWeighting = ClassWeighting.InverseFrequency },
            LabelSpaces.Shared10, [ImageSet.Open(streets.Simulated), ImageSet.Open(streets.Real)])!;
        double total = 96 * 80, car = 20 * 12, sky = total / 2, road = sky - car;
        double[] raw = [Math.Sqrt(total / road), Math.Sqrt(total / sky), Math.Sqrt(total / car)];
        Assert.Equal(raw[2] / raw.Average(), weights[9], 1e-9);
        Assert.Equal(raw[0] / raw.Average(), weights[0], 1e-9);
    }
}
