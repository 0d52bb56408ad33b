using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>
/// Feature matching of the reconstruction (an addition to the paper, off in its settings): 1/S · Σ over stages s of
/// mean |φ_s(G(E(x))) - φ_s(x)|, φ_s being a stage of a frozen network, e.g. of the outer segmenter.
/// </summary>
/// <param name="stages">φ: images [N, 3, H, W] in [-1, 1] to features; its parameters are not to require gradients.</param>
public sealed class FeatureMatching(Func<Tensor, IReadOnlyList<Tensor>> stages)
{
    /// <summary>The loss of both networks; the image's features are constants.</summary>
    /// <param name="reconstruction">G(E(x)), [N, 3, H, W].</param>
    /// <param name="image">x, [N, 3, H, W].</param>
    /// <returns>A scalar.</returns>
    public Tensor Loss(Tensor reconstruction, Tensor image)
    {
        using IDisposable scope = NewDisposeScope();
        IReadOnlyList<Tensor> wanted;
        using (no_grad())
            wanted = stages(image.detach());
        IEnumerable<Tensor> terms = stages(reconstruction).Zip(wanted, L1Reconstruction.Loss);
        return stack(terms).mean().MoveToOuterDisposeScope();
    }
}
