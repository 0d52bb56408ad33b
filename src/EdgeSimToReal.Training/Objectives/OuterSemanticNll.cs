using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>
/// The outer semantic loss L_sem,out = E[NLL(O(G(z_s¹, z_t²)), y¹)] (LC-SAE report, 3.2), the mean over labelled pixels: a frozen
/// segmenter O must read the structure image's labels in the hybrid.
/// </summary>
/// <param name="segmenter">
/// O: images [N, 3, H, W] in [-1, 1] to logits [N, K, H, W]. Its parameters are not to require gradients; the loss flows through it.
/// </param>
/// <param name="measure">Class weights, Dice and the ignored label; null: the report's plain mean, ignoring 255.</param>
public sealed class OuterSemanticNll(Func<Tensor, Tensor> segmenter, SemanticLoss? measure = null)
{
    /// <summary>The generator side's loss; 0 where no pixel is labelled.</summary>
    /// <param name="hybrid">[N, 3, H, W] in [-1, 1].</param>
    /// <param name="labels">Of the structure images, [N, H, W] of any integer type: classes 0 … K - 1 or the ignored label.</param>
    /// <returns>A scalar.</returns>
    public Tensor Loss(Tensor hybrid, Tensor labels)
    {
        using IDisposable scope = NewDisposeScope();
        return (measure ?? SemanticLoss.Plain).Loss(segmenter(hybrid), labels).MoveToOuterDisposeScope();
    }
}
