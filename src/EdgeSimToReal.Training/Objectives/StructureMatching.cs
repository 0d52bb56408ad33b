using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>
/// Structure matching of hybrids (an addition to the paper, off in its settings): 1/S · Σ over stages s of
/// mean |N(φ_s(G(z_s, z_t))) - N(φ_s(x))|, x being the image whose structure the hybrid has, φ_s a stage of a frozen network and N each
/// channel of each image less its mean, over its standard deviation.
/// </summary>
/// <remarks>
/// What N takes away is what a texture may change, light and contrast; edges where the source has none, which discriminators that know a few
/// hundred photographs invite, count in full.
/// </remarks>
public static class StructureMatching
{
    private const double Epsilon = 1e-4;

    /// <summary>The loss.</summary>
    /// <param name="hybrid">φ of the hybrids: maps [N, C, h, w] of any sizes.</param>
    /// <param name="source">φ of the structure images; constants.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Loss(IReadOnlyList<Tensor> hybrid, IReadOnlyList<Tensor> source)
    {
        using IDisposable scope = NewDisposeScope();
        return stack(hybrid.Zip(source, (made, real) => L1Reconstruction.Loss(Normalised(made), Normalised(real.detach())))).mean()
            .MoveToOuterDisposeScope();
    }

    private static Tensor Normalised(Tensor map)
    {
        Tensor values = map.to(ScalarType.Float32);
        Tensor centred = values - values.mean([2, 3], keepdim: true);
        return centred / (centred.square().mean([2, 3], keepdim: true) + Epsilon).sqrt();
    }
}
