using EdgeSimToReal.Evaluation.Metrics;
using EdgeSimToReal.Evaluation.Tests.Support;

namespace EdgeSimToReal.Evaluation.Tests.Metrics;

public class DistanceTests
{
    [Fact]
    public void Frechet_OfGaussians_IsTheClosedForm()
    {
        float[] mean1 = [0, 1, -2, 0.5f], mean2 = [1, 1, 0, 0.5f], variance1 = [1, 4, 0.25f, 2], variance2 = [9, 1, 0.25f, 0.5f];
        double expected = 0;
        for (int i = 0; i < mean1.Length; i++)
            expected += Math.Pow(mean1[i] - mean2[i], 2) + Math.Pow(Math.Sqrt(variance1[i]) - Math.Sqrt(variance2[i]), 2);
        double actual = new FrechetDistance(Sets.Exact(mean1, variance1)).SquaredTo(Sets.Exact(mean2, variance2));
        Assert.Equal(expected, actual, 5e-6);
    }

    [Fact]
    public void Frechet_OfScaledCopies_IsTheClosedForm_ForAnyRank()
    {
        // C₂ = s²C₁ commute, so the distance is |μ(1 - s)|² + (1 - s)² tr C₁, rank-deficient (5 rows of 12) or not (80 rows).
        foreach (int rows in new[] { 5, 80 })
        {
            FeatureSet set = Sets.Normal(new Random(3), rows, 12, 2, 1), scaled = new(12);
            foreach (double[] row in set.Rows)
                scaled.Add([.. row.Select(value => (float)value * 0.25f)]);
            double[] mean = [.. Enumerable.Range(0, 12).Select(c => set.Rows.Average(row => row[c]))];
            double trace = set.Rows.Sum(row => row.Select((value, c) => Math.Pow(value - mean[c], 2)).Sum()) / (rows - 1);
            double expected = 0.5625 * (trace + mean.Sum(value => value * value));
            Assert.Equal(expected, new FrechetDistance(set).SquaredTo(scaled), 1e-9 * expected);
        }
    }

    [Theory]
    [InlineData(6, 40)]
    [InlineData(60, 10)]
    public void Frechet_ToItself_IsZero(int rows, int dimensions)
    {
        FeatureSet set = Sets.Normal(new Random(1), rows, dimensions);
        Assert.InRange(new FrechetDistance(set).SquaredTo(set), 0, 1e-10);
    }

    [Theory]
    [InlineData(9, 4)] // more images than dimensions
    [InlineData(9, 30)]
    public void Frechet_Draws_CountGroupsAsCopies(int rows, int dimensions)
    {
        FeatureSet set = Sets.Normal(new Random(1), 6, dimensions, groups: 3), copies = new(dimensions);
        int[] weights = [2, 0, 1];
        for (int i = 0; i < set.Count; i++)
        {
            for (int k = 0; k < weights[set.Groups[i]]; k++)
                copies.Add([.. set.Rows[i].Select(value => (float)value)]);
        }
        FrechetDistance distance = new(Sets.Normal(new Random(2), rows, dimensions));
        Assert.Equal(distance.SquaredTo(copies), distance.Draws(set)(weights), 1e-6);
        Assert.Equal(distance.SquaredTo(set), distance.Draws(set)([1, 1, 1]), 1e-6);
    }

    [Fact]
    public void Frechet_OfTooFewOrOtherFeatures_Throws()
    {
        FeatureSet one = Sets.Normal(new Random(1), 1, 3), many = Sets.Normal(new Random(1), 5, 3);
        Assert.Throws<ArgumentException>(() => new FrechetDistance(one));
        Assert.Throws<ArgumentException>(() => new FrechetDistance(many).SquaredTo(one));
        Assert.Throws<ArgumentException>(() => new FrechetDistance(many).SquaredTo(Sets.Normal(new Random(1), 5, 4)));
        Assert.Throws<ArgumentException>(() => new FrechetDistance(many).Draws(Sets.Normal(new Random(1), 5, 4)));
    }

    [Fact]
    public void Kernel_OfEqualDistributions_IsZeroOnAverage()
    {
        // 400 draws of 12 and 9 images: the biased estimate (diagonal kept) would be off by dozens of standard errors.
        Random random = new(5);
        double[] values = [.. Enumerable.Range(0, 400)
            .Select(_ => new KernelDistance(Sets.Normal(random, 12, 8), Sets.Normal(random, 9, 8)).Unbiased())];
        double mean = values.Average(), error = Math.Sqrt(values.Average(value => Math.Pow(value - mean, 2)) / values.Length);
        Assert.InRange(mean, -4 * error, 4 * error);
        Assert.Contains(values, value => value < 0);
    }

    [Fact]
    public void Kernel_IsTheDefinition_AndSeesADifference()
    {
        FeatureSet a = Sets.Normal(new Random(1), 7, 3), b = Sets.Normal(new Random(2), 5, 3, 1, 2);
        double expected = Mean(a, a, diagonal: false) + Mean(b, b, diagonal: false) - (2 * Mean(a, b, diagonal: true));
        KernelDistance distance = new(a, b);
        Assert.Equal(expected, distance.Unbiased(), 1e-9);
        Assert.True(expected > 1);
        Assert.Equal(expected, distance.Unbiased([1, 1, 1, 1, 1, 1, 1]), 1e-9);

        static double Mean(FeatureSet x, FeatureSet y, bool diagonal)
        {
            List<double> values = [];
            for (int i = 0; i < x.Count; i++)
            {
                for (int j = 0; j < y.Count; j++)
                {
                    if (diagonal || i != j)
                        values.Add(Math.Pow((x.Rows[i].Zip(y.Rows[j], (p, q) => p * q).Sum() / x.Dimensions) + 1, 3));
                }
            }
            return values.Average();
        }
    }

    [Fact]
    public void Kernel_SubsetsAverageToTheWhole_AndFollowTheSeed()
    {
        KernelDistance distance = new(Sets.Normal(new Random(1), 40, 4), Sets.Normal(new Random(2), 30, 4, 1, 0.5));
        (double mean, double deviation, int size) = distance.Subsets(7, subsets: 400, size: 10);
        Assert.Equal(10, size);
        Assert.InRange(mean - distance.Unbiased(), -4 * deviation / 20, 4 * deviation / 20);
        Assert.Equal((mean, deviation, size), distance.Subsets(7, 400, 10));
        Assert.Equal(30, distance.Subsets(7, 2).Size);
    }
}
