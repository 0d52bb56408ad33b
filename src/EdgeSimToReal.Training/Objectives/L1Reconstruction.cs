using EdgeSimToReal.Networks;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>L_rec = E‖x - G(E(x))‖₁, the mean over images, channels and pixels (LC-SAE report, 2.4.3).</summary>
public static class L1Reconstruction
{
    /// <summary>The loss of both networks.</summary>
    /// <param name="reconstruction">G(E(x)), [N, 3, H, W].</param>
    /// <param name="image">x, [N, 3, H, W].</param>
    /// <returns>A scalar.</returns>
    public static Tensor Loss(Tensor reconstruction, Tensor image)
    {
        using IDisposable scope = NewDisposeScope();
        return (reconstruction.AtLeastSingle() - image.AtLeastSingle()).abs().mean().MoveToOuterDisposeScope();
    }
}
