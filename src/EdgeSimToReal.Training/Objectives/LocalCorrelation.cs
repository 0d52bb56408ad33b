using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>
/// Local correlation of hybrids with their sources (an addition to the paper, off in its settings): Σ w·(1 - ncc) / Σ w, where ncc is the
/// normalised cross-correlation of luminances in a window of 9×9 pixels about each pixel, and w = σ² / (σ² + ε) with σ² the source's
/// variance there.
/// </summary>
/// <remarks>
/// Light and contrast of a window may change, edges may not move, vanish or be made up. Where the source is flat, as in the sky, it says
/// nothing.
/// </remarks>
public static class LocalCorrelation
{
    private const int Window = 9;

    // The variance of 4 grey levels of 255 on [-1, 1]: what is weaker is no edge.
    private const double Epsilon = 1e-3;

    /// <summary>The loss, 0 (each window a rising linear function of the source's) … 2.</summary>
    /// <param name="hybrid">[N, 3, H, W], RGB in [-1, 1].</param>
    /// <param name="source">The structure images, [N, 3, H, W]; constants.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Loss(Tensor hybrid, Tensor source)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor a = Luminance(source.detach()), b = Luminance(hybrid);
        Tensor meanA = Mean(a), meanB = Mean(b);
        Tensor varianceA = (Mean(a.square()) - meanA.square()).clamp_min(0), varianceB = (Mean(b.square()) - meanB.square()).clamp_min(0);
        Tensor covariance = Mean(a * b) - (meanA * meanB);
        Tensor correlation = covariance / ((varianceA + Epsilon) * (varianceB + Epsilon)).sqrt();
        Tensor weight = varianceA / (varianceA + Epsilon);
        return ((1 - correlation) * weight).sum().div(weight.sum().clamp_min(1)).MoveToOuterDisposeScope();
    }

    private static Tensor Luminance(Tensor image)
    {
        Tensor x = image.to(ScalarType.Float32);
        return (x.narrow(1, 0, 1) * 0.299) + (x.narrow(1, 1, 1) * 0.587) + (x.narrow(1, 2, 1) * 0.114);
    }

    private static Tensor Mean(Tensor x) =>
        nn.functional.avg_pool2d(x, Window, 1, Window / 2, count_include_pad: false);
}
