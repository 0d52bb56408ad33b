using System.Text.Json;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Evaluation.Metrics;
using EdgeSimToReal.Evaluation.Tests.Support;

namespace EdgeSimToReal.Evaluation.Tests.Metrics;

/// <summary>The metrics against figures that independent implementations computed.</summary>
public class GoldenMetricsTests
{
    private const double Relative = 1e-6;

    [Theory]
    [InlineData("n300_m260_d64", 300, 260, 64, Relative)]
    [InlineData("n120_m90_d128", 120, 90, 128, 1e-4)] // rank-deficient: the reference's matrix root is the less exact one
    public void Distances_AgreeWithTheReference(string key, int n, int m, int d, double tolerance)
    {
        JsonElement golden = Golden().GetProperty(key);
        FeatureSet a = Sets.Golden("frechet.a", n, d, 1), b = Sets.Golden("frechet.b", m, d, 1.1, 0.2);
        AssertRelative(golden.GetProperty("frechet_squared").GetDouble(), new FrechetDistance(b).SquaredTo(a), tolerance);
        AssertRelative(golden.GetProperty("frechet_squared").GetDouble(), new FrechetDistance(a).SquaredTo(b), tolerance);
        AssertRelative(golden.GetProperty("kid_unbiased_poly3").GetDouble(), new KernelDistance(a, b).Unbiased(), Relative);
    }

    [Fact]
    public void Confusion_AgreesWithTheReference()
    {
        const int Pixels = 32768, Classes = 16;
        JsonElement golden = Golden().GetProperty("confusion");
        int[] gt = GoldenTensor.Labels("confusion.gt", Pixels, Classes + 1), pred = GoldenTensor.Labels("confusion.pred", Pixels, Classes);
        byte[] truth = new byte[Pixels], prediction = new byte[Pixels];
        for (int i = 0; i < Pixels; i++)
        {
            bool ignored = gt[i] == Classes;
            int p = !ignored && GoldenTensor.Uniform("confusion.keep", i) > -0.2 ? gt[i] : pred[i];
            prediction[i] = (byte)(p == 13 ? 12 : p);
            truth[i] = ignored || gt[i] == 14 ? LabelSpace.Ignore : (byte)gt[i];
        }
        ConfusionMatrix matrix = new(Classes);
        matrix.Add(truth, prediction);
        int row = 0;
        foreach (JsonElement expected in golden.GetProperty("matrix_rows_are_ground_truth").EnumerateArray())
        {
            Assert.Equal([.. expected.EnumerateArray().Select(value => value.GetInt64())],
                Enumerable.Range(0, Classes).Select(c => matrix[row, c]));
            row++;
        }
        Assert.Equal(Classes, row);
        AssertRelative(golden.GetProperty("overall_accuracy").GetDouble(), matrix.OverallAccuracy(), Relative);
        AssertRelative(golden.GetProperty("mean_accuracy").GetDouble(), matrix.MeanAccuracy(), Relative);
        AssertRelative(golden.GetProperty("miou").GetDouble(), matrix.MeanIoU(), Relative);
    }

    private static JsonElement Golden() =>
        JsonDocument.Parse(File.ReadAllText(SharedFolder.Require("golden", "metrics.json"))).RootElement;

    private static void AssertRelative(double expected, double actual, double tolerance) =>
        Assert.InRange(Math.Abs(actual - expected) / Math.Abs(expected), 0, tolerance);
}
