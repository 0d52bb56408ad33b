using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace EdgeSimToReal.Evaluation.Metrics;

/// <summary>
/// Squared Fréchet distance of the Gaussians that fit two feature sets (Heusel et al. 2017): |μ₁ - μ₂|² + tr(C₁ + C₂ - 2 (C₁C₂)^½).
/// With the features of FID's Inception network this is FID; with any other's it must not be called so.
/// </summary>
/// <remarks>
/// Exact for covariances of any rank, without a term on the diagonal: with factors C = FᵀF, the trace of (C₁C₂)^½ is the sum of the
/// singular values of F₁F₂ᵀ. A factor is the centred rows themselves where they are fewer than the dimensions, else the symmetric
/// root's rows by eigen-decomposition. The estimate falls with the number of images: compare sets of equal size.
/// </remarks>
public sealed class FrechetDistance
{
    private readonly double[] _mean;
    private readonly Matrix<double> _factor;

    /// <summary>Fits the reference's Gaussian.</summary>
    /// <param name="reference">At least two rows.</param>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    public FrechetDistance(FeatureSet reference) => (_mean, _factor) = Fit(reference, null);

    /// <summary>The squared distance of a set to the reference.</summary>
    /// <param name="set">At least two rows, of the reference's dimensions.</param>
    /// <param name="weights">How often each group counts; null: once.</param>
    /// <exception cref="ArgumentException">There are fewer rows of a weight above 0, or other dimensions.</exception>
    public double SquaredTo(FeatureSet set, IReadOnlyList<int>? weights = null)
    {
        if (set.Dimensions != _mean.Length)
            throw new ArgumentException($"Sets of {set.Dimensions} and {_mean.Length} dimensions.", nameof(set));
        (double[] mean, Matrix<double> factor) = Fit(set, weights);
        double distance = SquaredNorm(factor) + SquaredNorm(_factor);
        for (int i = 0; i < mean.Length; i++)
            distance += (mean[i] - _mean[i]) * (mean[i] - _mean[i]);
        return Math.Max(0, distance - (2 * factor.TransposeAndMultiply(_factor).Svd(computeVectors: false).S.Sum()));
    }

    /// <summary>Mean and F, [min(n, d), d], with FᵀF the unbiased covariance.</summary>
    private static (double[] Mean, Matrix<double> Factor) Fit(FeatureSet set, IReadOnlyList<int>? weights)
    {
        (double[] Row, double Weight)[] rows = [.. set.Rows.Select((row, i) => (row, (double)(weights?[set.Groups[i]] ?? 1)))
            .Where(item => item.Item2 > 0)];
        double total = rows.Sum(row => row.Weight);
        if (total < 2)
            throw new ArgumentException($"A covariance needs two images, and there are {total}.", nameof(set));
        double[] mean = new double[set.Dimensions];
        foreach ((double[] row, double weight) in rows)
        {
            for (int i = 0; i < mean.Length; i++)
                mean[i] += row[i] * weight / total;
        }
        Matrix<double> centred = Matrix<double>.Build.Dense(rows.Length, mean.Length,
            (r, c) => (rows[r].Row[c] - mean[c]) * Math.Sqrt(rows[r].Weight / (total - 1)));
        return (mean, rows.Length <= mean.Length ? centred : Root(centred.TransposeThisAndMultiply(centred)));
    }

    private static Matrix<double> Root(Matrix<double> covariance)
    {
        Evd<double> decomposition = covariance.Evd(Symmetricity.Symmetric);
        Matrix<double> root = decomposition.EigenVectors.Transpose();
        for (int i = 0; i < root.RowCount; i++)
            root.SetRow(i, root.Row(i) * Math.Sqrt(Math.Max(0, decomposition.EigenValues[i].Real))); // rounding may leave -1e-17
        return root;
    }

    private static double SquaredNorm(Matrix<double> matrix) => matrix.Enumerate().Sum(value => value * value);
}
