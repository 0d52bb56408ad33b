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
    private readonly double _trace;

    /// <summary>Fits the reference's Gaussian.</summary>
    /// <param name="reference">At least two rows.</param>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    public FrechetDistance(FeatureSet reference)
    {
        (_mean, Matrix<double> centred) = Centre(reference);
        _factor = Factor(centred);
        _trace = SquaredNorm(centred);
    }

    /// <summary>The squared distance of a set to the reference.</summary>
    /// <param name="set">At least two rows, of the reference's dimensions.</param>
    /// <exception cref="ArgumentException">There are fewer, or other dimensions.</exception>
    public double SquaredTo(FeatureSet set)
    {
        CheckDimensions(set);
        (double[] mean, Matrix<double> centred) = Centre(set);
        double overlap = Factor(centred).TransposeAndMultiply(_factor).Svd(computeVectors: false).S.Sum();
        return Math.Max(0, SquaredDifference(mean) + SquaredNorm(centred) + _trace - (2 * overlap));
    }

    /// <summary>The squared distance of a bootstrap's draws of a set, as a function of how often each group counts.</summary>
    /// <remarks>
    /// A draw costs the eigenvalues of one matrix of as many rows as it has images: only F₁F₂ᵀ(F₁F₂ᵀ)ᵀ of all images, which is made here,
    /// is needed, centred anew. Small singular values are exact to 1e-8 of the greatest only.
    /// </remarks>
    /// <param name="set">At least two rows, of the reference's dimensions.</param>
    /// <exception cref="ArgumentException">It has other dimensions.</exception>
    public Func<IReadOnlyList<int>, double> Draws(FeatureSet set)
    {
        CheckDimensions(set);
        Matrix<double> cross = Matrix<double>.Build.DenseOfRowArrays(set.Rows).TransposeAndMultiply(_factor);
        Matrix<double> overlaps = cross.TransposeAndMultiply(cross);
        return Draw;

        double Draw(IReadOnlyList<int> weights)
        {
            int[] rows = [.. Enumerable.Range(0, set.Count).Where(i => weights[set.Groups[i]] > 0)];
            double[] weight = [.. rows.Select(i => (double)weights[set.Groups[i]])];
            double total = weight.Sum();
            double[] mean = new double[_mean.Length];
            for (int i = 0; i < rows.Length; i++)
            {
                for (int c = 0; c < mean.Length; c++)
                    mean[c] += set.Rows[rows[i]][c] * weight[i] / total;
            }
            double trace = 0;
            for (int i = 0; i < rows.Length; i++)
            {
                for (int c = 0; c < mean.Length; c++)
                    trace += Math.Pow(set.Rows[rows[i]][c] - mean[c], 2) * weight[i] / (total - 1);
            }
            double[] rowMean = [.. rows.Select(i => rows.Select((j, k) => overlaps[i, j] * weight[k]).Sum() / total)];
            double allMean = rowMean.Select((value, i) => value * weight[i]).Sum() / total;
            Matrix<double> centred = Matrix<double>.Build.Dense(rows.Length, rows.Length, (i, j) =>
                (overlaps[rows[i], rows[j]] - rowMean[i] - rowMean[j] + allMean) * Math.Sqrt(weight[i] * weight[j]) / (total - 1));
            double overlap = centred.Evd(Symmetricity.Symmetric).EigenValues.Sum(value => Math.Sqrt(Math.Max(0, value.Real)));
            return Math.Max(0, SquaredDifference(mean) + trace + _trace - (2 * overlap));
        }
    }

    /// <summary>The mean, and the centred rows over √(n - 1), [n, d].</summary>
    private static (double[] Mean, Matrix<double> Centred) Centre(FeatureSet set)
    {
        if (set.Count < 2)
            throw new ArgumentException($"A covariance needs two images, and there are {set.Count}.", nameof(set));
        double[] mean = new double[set.Dimensions];
        foreach (double[] row in set.Rows)
        {
            for (int c = 0; c < mean.Length; c++)
                mean[c] += row[c] / set.Count;
        }
        double scale = 1 / Math.Sqrt(set.Count - 1);
        return (mean, Matrix<double>.Build.Dense(set.Count, mean.Length, (r, c) => (set.Rows[r][c] - mean[c]) * scale));
    }

    /// <summary>F, [min(n, d), d], with FᵀF the covariance.</summary>
    private static Matrix<double> Factor(Matrix<double> centred)
    {
        if (centred.RowCount <= centred.ColumnCount)
            return centred;
        Evd<double> decomposition = centred.TransposeThisAndMultiply(centred).Evd(Symmetricity.Symmetric);
        Matrix<double> root = decomposition.EigenVectors.Transpose();
        for (int i = 0; i < root.RowCount; i++)
            root.SetRow(i, root.Row(i) * Math.Sqrt(Math.Max(0, decomposition.EigenValues[i].Real))); // rounding may leave -1e-17
        return root;
    }

    private double SquaredDifference(double[] mean) => mean.Select((value, c) => (value - _mean[c]) * (value - _mean[c])).Sum();

    private static double SquaredNorm(Matrix<double> matrix) => matrix.Enumerate().Sum(value => value * value);

    private void CheckDimensions(FeatureSet set)
    {
        if (set.Dimensions != _mean.Length)
            throw new ArgumentException($"Sets of {set.Dimensions} and {_mean.Length} dimensions.", nameof(set));
    }
}
