using EdgeSimToReal.Core.Labels;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks;

/// <summary>Label maps as tensors, for a whole batch on its own device; the same values as <see cref="LabelMap"/>'s.</summary>
public static class LabelMaps
{
    /// <summary>The share of each cell's pixels that have each class.</summary>
    /// <param name="labels">
    /// Ids of a dense label space, uint8, [N, H, W]; ids from <paramref name="classes"/> on count for no class.
    /// </param>
    /// <param name="classes">Number of classes, 1 … 255.</param>
    /// <param name="stride">Image pixels of a cell in each direction, a power of two that divides H and W.</param>
    /// <returns>[N, classes, H / stride, W / stride], fp32 in [0, 1].</returns>
    public static Tensor FromLabels(Tensor labels, int classes, int stride)
    {
        if (labels.dim() != 3 || labels.dtype != ScalarType.Byte || labels.shape[1] % stride != 0 || labels.shape[2] % stride != 0)
        {
            throw new ArgumentException(
                $"Labels are uint8 [N, H, W] with sides in multiples of {stride}, not {labels.dtype} [{string.Join(", ", labels.shape)}].",
                nameof(labels));
        }
        using IDisposable scope = NewDisposeScope();
        Tensor ids = arange(classes, dtype: ScalarType.Byte, device: labels.device).view(1, classes, 1, 1);
        Tensor oneHot = labels.unsqueeze(1).eq(ids).to_type(ScalarType.Float32);
        return nn.functional.avg_pool2d(oneHot, stride).MoveToOuterDisposeScope();
    }
}
