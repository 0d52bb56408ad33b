using EdgeSimToReal.Networks;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>
/// R1: the squared gradients of a discriminator's logits in its real inputs, Σ (∂ΣD/∂x)² for each image, itself differentiable in the
/// discriminator's weights. Neither λ nor ½ is in it: <see cref="LazyR1"/> weighs it.
/// </summary>
public static class R1Penalty
{
    /// <summary>The image discriminator's penalty.</summary>
    /// <param name="discriminator">D.</param>
    /// <param name="images">Real images [N, 3, H, W]; taken as constants.</param>
    /// <returns>[N]: sums over channels and pixels.</returns>
    public static Tensor Image(ImageDiscriminator discriminator, Tensor images)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor input = images.detach().requires_grad_();
        return PerImage(discriminator.forward(input), input)[0].MoveToOuterDisposeScope();
    }

    /// <summary>The patch discriminator's penalties.</summary>
    /// <param name="discriminator">D_patch.</param>
    /// <param name="reference">Real patches [N, T, 3, p, p]; taken as constants.</param>
    /// <param name="target">Other patches of the same images.</param>
    /// <returns>[N] each: sums over an image's patches, channels and pixels.</returns>
    public static (Tensor Reference, Tensor Target) Patch(PatchDiscriminator discriminator, Tensor reference, Tensor target)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor first = reference.detach().requires_grad_(), second = target.detach().requires_grad_();
        Tensor[] penalties = PerImage(discriminator.forward(first, second), first, second);
        return (penalties[0].MoveToOuterDisposeScope(), penalties[1].MoveToOuterDisposeScope());
    }

    private static Tensor[] PerImage(Tensor logits, params Tensor[] inputs)
    {
        // TorchSharp doesn't let retain_graph follow create_graph.
        IList<Tensor> gradients = autograd.grad([logits.AtLeastSingle().sum()], inputs, retain_graph: true, create_graph: true);
        return [.. gradients.Select(gradient => gradient.AtLeastSingle().square().flatten(1).sum([1L]))];
    }
}
