using EdgeSimToReal.Evaluation.Metrics;

namespace EdgeSimToReal.Evaluation.Tests.Support;

/// <summary>Feature sets made from formulas.</summary>
internal static class Sets
{
    /// <summary>The golden formula's rows.</summary>
    public static FeatureSet Golden(string name, int rows, int dimensions, double scale, double offset = 0)
    {
        FeatureSet set = new(dimensions);
        float[] values = GoldenTensor.Create(name, rows * dimensions, scale, offset);
        for (int i = 0; i < rows; i++)
            set.Add(values.AsSpan(i * dimensions, dimensions));
        return set;
    }

    /// <summary>Normal values around a mean.</summary>
    public static FeatureSet Normal(Random random, int rows, int dimensions, double deviation = 1, double mean = 0, int groups = int.MaxValue)
    {
        FeatureSet set = new(dimensions);
        for (int i = 0; i < rows; i++)
        {
            float[] row = [.. Enumerable.Range(0, dimensions).Select(_ => (float)(mean + (deviation * Normal(random))))];
            set.Add(row, i % groups);
        }
        return set;
    }

    /// <summary>2d rows whose sample mean is exactly the given one and whose sample covariance is exactly diag(variances).</summary>
    public static FeatureSet Exact(float[] mean, float[] variances)
    {
        int d = mean.Length;
        FeatureSet set = new(d);
        for (int i = 0; i < d; i++)
        {
            // Two rows ± r differ from the mean along one axis: 2r² / (2d - 1) is that axis's variance.
            float r = MathF.Sqrt(variances[i] * ((2 * d) - 1) / 2);
            float[] above = [.. mean], below = [.. mean];
            above[i] += r;
            below[i] -= r;
            set.Add(above);
            set.Add(below);
        }
        return set;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
