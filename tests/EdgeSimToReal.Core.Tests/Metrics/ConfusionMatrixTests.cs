using System.Text.Json;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using FsCheck;
using FsCheck.Xunit;

namespace EdgeSimToReal.Core.Tests.Metrics;

public sealed class ConfusionMatrixTests
{
    [Fact]
    public void TheGoldenLabels_GiveTheGoldenMetrics()
    {
        JsonElement golden = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require("golden", "metrics.json"))).RootElement
            .GetProperty("confusion");
        (byte[] truth, byte[] prediction) = GoldenLabels();
        ConfusionMatrix matrix = new(16);
        // In pieces, as frames come.
        for (int at = 0; at < truth.Length; at += 5000)
        {
            int count = Math.Min(5000, truth.Length - at);
            ConfusionMatrix piece = new(16);
            piece.Add(truth.AsSpan(at, count), prediction.AsSpan(at, count));
            matrix.Add(piece);
        }
        JsonElement rows = golden.GetProperty("matrix_rows_are_ground_truth");
        for (int t = 0; t < 16; t++)
        {
            for (int p = 0; p < 16; p++)
                Assert.Equal(rows[t][p].GetInt64(), matrix[t, p]);
        }
        AssertRelative(golden.GetProperty("overall_accuracy").GetDouble(), matrix.OverallAccuracy());
        AssertRelative(golden.GetProperty("mean_accuracy").GetDouble(), matrix.MeanAccuracy());
        AssertRelative(golden.GetProperty("miou").GetDouble(), matrix.MeanIoU());
        for (int c = 0; c < 16; c++)
            AssertRelative(golden.GetProperty("iou")[c].GetDouble(), matrix.IoU(c));
    }

    /// <summary>Against the definitions, class by class over all pixels; ids run past the classes on both sides.</summary>
    [Property(Replay = "1848303,7919", MaxTest = 200)]
    public void AnyLabels_GiveTheMetricsOfTheirDefinition(PositiveInt classCount, byte[] truth, byte[] prediction)
    {
        int classes = 1 + (classCount.Get % 20), n = Math.Min(truth.Length, prediction.Length);
        byte[] t = [.. truth.Take(n).Select(id => (byte)(id % 24))], p = [.. prediction.Take(n).Select(id => (byte)(id % 24))];
        ConfusionMatrix matrix = new(classes);
        matrix.Add(t, p);
        int counted = t.Count(id => id < classes), right = t.Zip(p).Count(pair => pair.First < classes && pair.First == pair.Second);
        List<double> accuracies = [], ious = [];
        for (int c = 0; c < classes; c++)
        {
            int both = 0, either = 0, truths = 0;
            for (int i = 0; i < n; i++)
            {
                if (t[i] >= classes)
                    continue; // ignored, whatever was predicted there
                both += t[i] == c && p[i] == c ? 1 : 0;
                either += t[i] == c || p[i] == c ? 1 : 0;
                truths += t[i] == c ? 1 : 0;
            }
            Assert.Equal((double)both / either, matrix.IoU(c));
            Assert.Equal((double)both / truths, matrix.ClassAccuracy(c));
            if (either > 0)
                ious.Add((double)both / either);
            if (truths > 0)
                accuracies.Add((double)both / truths);
        }
        Assert.Equal(counted, matrix.Total);
        Assert.Equal((double)right / counted, matrix.OverallAccuracy());
        Assert.Equal(ious.Count == 0 ? double.NaN : ious.Average(), matrix.MeanIoU(), 1e-12);
        Assert.Equal(accuracies.Count == 0 ? double.NaN : accuracies.Average(), matrix.MeanAccuracy(), 1e-12);
    }

    [Fact]
    public void IgnoredTruth_IsDropped_AndAnIgnoredPredictionIsAnError()
    {
        ConfusionMatrix matrix = new(2);
        matrix.Add([0, 0, 1, LabelSpace.Ignore], [0, LabelSpace.Ignore, 1, 1]);
        Assert.Equal(3, matrix.Total);
        Assert.Equal(1, matrix[0, 2]);
        Assert.Equal(2.0 / 3, matrix.OverallAccuracy());
        Assert.Equal(0.5, matrix.IoU(0));
        Assert.Equal(1, matrix.IoU(1));
    }

    [Fact]
    public void Empty_IsNaN_AndClearEmpties()
    {
        ConfusionMatrix matrix = new(3);
        matrix.Add([1], [1]);
        matrix.Clear();
        Assert.Equal(0, matrix.Total);
        Assert.True(double.IsNaN(matrix.OverallAccuracy()) && double.IsNaN(matrix.MeanIoU()) && double.IsNaN(matrix.MeanAccuracy()));
    }

    [Fact]
    public void WrongSizes_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionMatrix(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionMatrix(256));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionMatrix(3).Add(new ConfusionMatrix(4)));
        Assert.Throws<ArgumentException>(() => new ConfusionMatrix(3).Add([1, 2], [1]));
    }

    private static (byte[] Truth, byte[] Prediction) GoldenLabels()
    {
        const int Count = 32768;
        int[] truth = GoldenTensor.Labels("confusion.gt", Count, 17), prediction = GoldenTensor.Labels("confusion.pred", Count, 16);
        for (int i = 0; i < Count; i++)
        {
            if (truth[i] == 16)
                truth[i] = 255;
            if (GoldenTensor.Uniform("confusion.keep", i) > -0.2 && truth[i] != 255)
                prediction[i] = truth[i];
            if (prediction[i] == 13)
                prediction[i] = 12;
            if (truth[i] == 14)
                truth[i] = 255;
        }
        return ([.. truth.Select(id => (byte)id)], [.. prediction.Select(id => (byte)id)]);
    }

    private static void AssertRelative(double expected, double actual) =>
        Assert.InRange(actual, expected - (1e-6 * expected), expected + (1e-6 * expected));
}
