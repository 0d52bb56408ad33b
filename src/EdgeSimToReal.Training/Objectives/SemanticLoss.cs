using EdgeSimToReal.Networks;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>
/// What both semantic losses measure, on logits and labels: the negative log-likelihood, its mean taken over labelled pixels, optionally
/// weighted by class, plus a share of soft Dice (LC-SAE report, 3.1, 3.2; weights and Dice are the future work of its chapter 5).
/// </summary>
/// <remarks>
/// NLL = Σ w[y]·(-log p[y]) / Σ w[y] over the labelled pixels. Dice = 1 - mean over the labels' classes c of
/// 2·Σ p[c]·[y = c] / (Σ p[c] + Σ [y = c]) over the labelled pixels. Without a labelled pixel both are 0.
/// </remarks>
public sealed class SemanticLoss
{
    private readonly float[]? _classWeights;
    private readonly double _dice;
    private readonly int _ignored;

    /// <summary>Creates the measure.</summary>
    /// <param name="classWeights">One weight a class, at least 0; null: 1 for every class, as in the report.</param>
    /// <param name="dice">The factor of soft Dice, at least 0; 0 leaves it out, as the report does.</param>
    /// <param name="ignored">The label of pixels that don't count.</param>
    public SemanticLoss(IReadOnlyList<double>? classWeights = null, double dice = 0, int ignored = 255)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(dice);
        if (classWeights is not null && (classWeights.Any(weight => !(weight >= 0)) || classWeights.All(weight => weight == 0)))
            throw new ArgumentException("Class weights are at least 0, and one is above it.", nameof(classWeights));
        _classWeights = classWeights?.Select(weight => (float)weight).ToArray();
        (_dice, _ignored) = (dice, ignored);
    }

    /// <summary>The report's: the plain mean.</summary>
    public static SemanticLoss Plain { get; } = new();

    /// <summary>The loss; 0 where no pixel is labelled.</summary>
    /// <param name="logits">[N, K, H, W].</param>
    /// <param name="labels">[N, H, W] of any integer type, classes 0 … K - 1 or the ignored label.</param>
    /// <returns>A scalar.</returns>
    public Tensor Loss(Tensor logits, Tensor labels)
    {
        if (logits.dim() != 4 || labels.dim() != 3 || !labels.shape.SequenceEqual([logits.shape[0], .. logits.shape[2..]]))
        {
            throw new ArgumentException(
                $"Logits [{string.Join(", ", logits.shape)}] and labels [{string.Join(", ", labels.shape)}] don't belong together.",
                nameof(labels));
        }
        if (_classWeights is not null && _classWeights.Length != logits.shape[1])
            throw new ArgumentException($"{_classWeights.Length} class weights for {logits.shape[1]} classes.", nameof(logits));
        using IDisposable scope = NewDisposeScope();
        Tensor target = labels.to(ScalarType.Int64), scores = logits.AtLeastSingle();
        Tensor loss = NegativeLogLikelihood(scores, target);
        if (_dice > 0)
            loss = loss + (Dice(scores, target) * _dice);
        return loss.MoveToOuterDisposeScope();
    }

    private Tensor NegativeLogLikelihood(Tensor scores, Tensor target)
    {
        Tensor? weights = _classWeights is null ? null : tensor(_classWeights, dtype: scores.dtype, device: scores.device);
        Tensor sum = nn.functional.cross_entropy(scores, target, weights, _ignored, nn.Reduction.Sum);
        // A sum over a share of at least a little: without any label the mean would be no number.
        Tensor labelled = target.ne(_ignored);
        if (weights is null)
            return sum / labelled.sum().clamp_min(1);
        Tensor share = weights[target.masked_fill(target.eq(_ignored), 0)] * labelled;
        return sum / share.sum().clamp_min(1e-6);
    }

    private Tensor Dice(Tensor scores, Tensor target)
    {
        Tensor labelled = target.ne(_ignored).unsqueeze(1);
        Tensor truth = nn.functional.one_hot(target.masked_fill(target.eq(_ignored), 0), scores.shape[1]).permute(0, 3, 1, 2) * labelled;
        Tensor share = scores.softmax(1) * labelled;
        long[] pixels = [0, 2, 3];
        Tensor occurring = truth.sum(pixels), both = (share * truth).sum(pixels);
        // Classes that the labels lack would only reward what the likelihood already does.
        Tensor present = occurring.gt(0).to(scores.dtype);
        Tensor overlap = 2 * both / (share.sum(pixels) + occurring).clamp_min(1e-6);
        return ((1 - overlap) * present).sum() / present.sum().clamp_min(1);
    }
}
