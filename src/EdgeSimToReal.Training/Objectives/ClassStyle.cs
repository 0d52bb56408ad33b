using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>
/// Style by class (an addition to the paper, off in its settings): a hybrid's road is to look as the photograph's road does. Over the
/// classes k that both show, 1/S · Σ over stages s of mean over k, channels of (|μ_h − μ_t| + |σ_h − σ_t|) / scale, where μ and σ are mean
/// and standard deviation of φ_s over the pixels of class k, h is the hybrid, t the photograph that gave the texture, and scale is the
/// photograph's mean σ over all pixels.
/// </summary>
/// <remarks>
/// A semantic loss alone lets the generator overdraw what a segmenter likes; statistics of real features hold it to what is real.
/// </remarks>
/// <param name="classes">K; labels are 0 … K - 1 or the ignored label.</param>
/// <param name="ignored">The label of pixels that don't count.</param>
public sealed class ClassStyle(int classes, int ignored = 255)
{
    // Statistics of fewer pixels of a stage's map say little.
    private const int LeastPixels = 12;

    private const double Epsilon = 1e-6;

    /// <summary>The loss; 0 where hybrid and photograph have no class in common.</summary>
    /// <param name="hybrid">φ of the hybrids: maps [N, C, h, w] of any sizes, the images themselves may be one.</param>
    /// <param name="labels">Of the structure images, [N, H, W].</param>
    /// <param name="photograph">φ of the photographs whose texture the hybrids have; constants.</param>
    /// <param name="photographLabels">[N, H, W].</param>
    /// <returns>A scalar.</returns>
    public Tensor Loss(IReadOnlyList<Tensor> hybrid, Tensor labels, IReadOnlyList<Tensor> photograph, Tensor photographLabels)
    {
        using IDisposable scope = NewDisposeScope();
        return stack(hybrid.Zip(photograph, (made, real) => Stage(made, labels, real.detach(), photographLabels))).mean()
            .MoveToOuterDisposeScope();
    }

    private Tensor Stage(Tensor made, Tensor labels, Tensor real, Tensor realLabels)
    {
        (Tensor count, Tensor mean, Tensor deviation) = Statistics(made, labels);
        (Tensor realCount, Tensor realMean, Tensor realDeviation) = Statistics(real, realLabels);
        Tensor scale = real.to(ScalarType.Float32).flatten(2).std(2, unbiased: false).mean([1]).clamp_min(Epsilon);
        Tensor distance = ((mean - realMean).abs() + (deviation - realDeviation).abs()).mean([2]) / scale.unsqueeze(1);
        Tensor shared = (count.ge(LeastPixels) & realCount.ge(LeastPixels)).to(ScalarType.Float32);
        return (distance * shared).sum() / shared.sum().clamp_min(1);
    }

    /// <summary>Pixels [N, K], mean and standard deviation [N, K, C] of each image's classes.</summary>
    private (Tensor Count, Tensor Mean, Tensor Deviation) Statistics(Tensor map, Tensor labels)
    {
        Tensor resized = nn.functional.interpolate(labels.unsqueeze(1).to(ScalarType.Float32), map.shape[2..],
            mode: InterpolationMode.Nearest).squeeze(1).to(ScalarType.Int64);
        Tensor known = resized.ne(ignored);
        Tensor members = (nn.functional.one_hot(resized.masked_fill(~known, 0), classes) * known.unsqueeze(3))
            .to(ScalarType.Float32).flatten(1, 2).transpose(1, 2);
        Tensor features = map.to(ScalarType.Float32).flatten(2).transpose(1, 2);
        Tensor count = members.sum(2), share = members / count.clamp_min(1).unsqueeze(2);
        Tensor mean = share.bmm(features);
        // About the image's mean, for squares of large means would drown the variance.
        Tensor centre = features.mean([1], keepdim: true).detach();
        Tensor centred = mean - centre;
        Tensor variance = share.bmm((features - centre).square()) - centred.square();
        return (count, mean, variance.clamp_min(Epsilon).sqrt());
    }
}
