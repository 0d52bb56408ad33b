using EdgeSimToReal.Core.Networks;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>
/// The inner semantic loss L_sem,in = E[NLL(I(z_s), y_/4)] (LC-SAE report, 3.1), the mean over labelled pixels: what the inner branch
/// predicts against the labels at 1/4 of their size, reduced by taking every 4th pixel from index 2.
/// </summary>
public static class InnerSemanticNll
{
    /// <summary>The loss of encoder and inner branch; 0 where no pixel is labelled.</summary>
    /// <param name="logits">[N, K, H/4, W/4] of <see cref="EdgeSimToReal.Networks.InnerSemanticBranch"/>.</param>
    /// <param name="labels">[N, H, W] of any integer type: classes 0 … K - 1 or the ignored label.</param>
    /// <param name="measure">Class weights, Dice and the ignored label; null: the report's plain mean, ignoring 255.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Loss(Tensor logits, Tensor labels, SemanticLoss? measure = null)
    {
        using IDisposable scope = NewDisposeScope();
        return (measure ?? SemanticLoss.Plain).Loss(logits, Reduce(labels)).MoveToOuterDisposeScope();
    }

    /// <summary>Labels at 1/4 of their height and width: the pixel at 4·i + 2.</summary>
    /// <param name="labels">[N, H, W].</param>
    /// <returns>[N, H/4, W/4], a view.</returns>
    public static Tensor Reduce(Tensor labels)
    {
        const int step = SaeConfiguration.InnerStride;
        return labels[TensorIndex.Colon, TensorIndex.Slice(step / 2, null, step), TensorIndex.Slice(step / 2, null, step)];
    }
}
