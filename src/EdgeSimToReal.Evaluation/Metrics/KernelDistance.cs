using System.Numerics.Tensors;

namespace EdgeSimToReal.Evaluation.Metrics;

/// <summary>
/// Kernel distance (KID, Bińkowski et al. 2018): the unbiased estimate of the squared maximum mean discrepancy under the kernel
/// (x·y / d + 1)³. It may be negative, and does not depend on the number of images.
/// </summary>
public sealed class KernelDistance
{
    private const int DefaultSubsets = 100;
    private const int LargestSubset = 1000;

    private readonly IReadOnlyList<int> _groups;
    private readonly double[][] _within; // set × set
    private readonly double[][] _across; // set × reference
    private readonly double[][] _reference; // reference × reference
    private readonly double _referenceMean;

    /// <summary>Computes the kernel of all pairs.</summary>
    /// <param name="set">At least two rows.</param>
    /// <param name="reference">At least two rows, of the same dimensions.</param>
    /// <exception cref="ArgumentException">There are fewer, or other dimensions.</exception>
    public KernelDistance(FeatureSet set, FeatureSet reference)
    {
        if (set.Dimensions != reference.Dimensions || set.Count < 2 || reference.Count < 2)
        {
            throw new ArgumentException($"Sets of {set.Count} and {reference.Count} images, {set.Dimensions} and {reference.Dimensions} "
                + "dimensions.", nameof(set));
        }
        _groups = set.Groups;
        _within = Kernel(set, set);
        _across = Kernel(set, reference);
        _reference = Kernel(reference, reference);
        int m = reference.Count;
        _referenceMean = OffDiagonal(_reference, Enumerable.Range(0, m)) / ((double)m * (m - 1));
    }

    /// <summary>The estimate over all images.</summary>
    public double Unbiased() => Mmd([.. Enumerable.Range(0, _within.Length)], [.. Enumerable.Range(0, _reference.Length)], _referenceMean);

    /// <summary>The estimate over a bootstrap's draw. Pairs of copies of one group carry no information and are left out.</summary>
    /// <param name="weights">How often each group was drawn.</param>
    public double Unbiased(IReadOnlyList<int> weights)
    {
        double within = 0, pairs = 0, across = 0, total = 0;
        for (int i = 0; i < _within.Length; i++)
        {
            int weight = weights[_groups[i]];
            if (weight == 0)
                continue;
            across += weight * _across[i].Average();
            total += weight;
            for (int j = 0; j < _within.Length; j++)
            {
                if (j == i)
                    continue;
                int pair = _groups[i] == _groups[j] ? weight : weight * weights[_groups[j]];
                within += pair * _within[i][j];
                pairs += pair;
            }
        }
        return (within / pairs) + _referenceMean - (2 * across / total);
    }

    /// <summary>Mean and deviation over random subsets, as KID is published: 100 subsets of 1000 images, or as many as there are.</summary>
    /// <param name="seed">Of the draw.</param>
    /// <param name="subsets">Number of subsets.</param>
    /// <param name="size">Images of each set in a subset; null: 1000, at most as many as the smaller set has.</param>
    /// <returns>Mean and deviation of the estimates, and the size that was used.</returns>
    public (double Mean, double Deviation, int Size) Subsets(int seed, int subsets = DefaultSubsets, int? size = null)
    {
        int n = size ?? Math.Min(LargestSubset, Math.Min(_within.Length, _reference.Length));
        Random random = new(seed);
        int[] first = [.. Enumerable.Range(0, _within.Length)], second = [.. Enumerable.Range(0, _reference.Length)];
        double[] values = new double[subsets];
        for (int i = 0; i < subsets; i++)
        {
            random.Shuffle(first);
            random.Shuffle(second);
            int[] reference = second[..n];
            values[i] = Mmd(first[..n], reference, OffDiagonal(_reference, reference) / ((double)n * (n - 1)));
        }
        double mean = values.Average();
        return (mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), n);
    }

    private double Mmd(int[] set, int[] reference, double referenceMean)
    {
        double across = set.Sum(i => reference.Sum(j => _across[i][j]));
        return (OffDiagonal(_within, set) / ((double)set.Length * (set.Length - 1))) + referenceMean
            - (2 * across / ((double)set.Length * reference.Length));
    }

    private static double OffDiagonal(double[][] kernel, IEnumerable<int> rows)
    {
        int[] at = [.. rows];
        return at.Sum(i => at.Sum(j => i == j ? 0 : kernel[i][j]));
    }

    private static double[][] Kernel(FeatureSet a, FeatureSet b)
    {
        double[][] kernel = new double[a.Count][];
        Parallel.For(0, a.Count, i =>
        {
            double[] row = new double[b.Count];
            for (int j = 0; j < row.Length; j++)
            {
                double value = (TensorPrimitives.Dot<double>(a.Rows[i], b.Rows[j]) / a.Dimensions) + 1;
                row[j] = value * value * value;
            }
            kernel[i] = row;
        });
        return kernel;
    }
}
