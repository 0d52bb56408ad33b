using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>The mean over labelled pixels of -log softmax(logits)[label].</summary>
internal static class SemanticNll
{
    /// <summary>The loss; 0 where no pixel is labelled.</summary>
    /// <param name="logits">[N, K, H, W].</param>
    /// <param name="labels">[N, H, W], classes 0 … K - 1 or the ignored label.</param>
    /// <param name="ignored">The label of pixels that don't count.</param>
    public static Tensor Loss(Tensor logits, Tensor labels, int ignored)
    {
        if (logits.dim() != 4 || labels.dim() != 3 || !labels.shape.SequenceEqual([logits.shape[0], .. logits.shape[2..]]))
        {
            throw new ArgumentException(
                $"Logits [{string.Join(", ", logits.shape)}] and labels [{string.Join(", ", labels.shape)}] don't belong together.",
                nameof(labels));
        }
        using IDisposable scope = NewDisposeScope();
        Tensor target = labels.to(ScalarType.Int64);
        // A sum over a count of at least 1: without any label the mean would be no number.
        Tensor count = target.ne(ignored).sum().clamp_min(1);
        return (nn.functional.cross_entropy(logits.AtLeastSingle(), target, ignore_index: ignored, reduction: nn.Reduction.Sum) / count)
            .MoveToOuterDisposeScope();
    }
}
