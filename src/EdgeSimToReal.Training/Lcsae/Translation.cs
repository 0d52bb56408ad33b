using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>What encoder and generator make of a batch (LC-SAE report, 4.2).</summary>
/// <param name="Reconstruction">G of an image's own codes, [N, 3, H, W]: half of each domain.</param>
/// <param name="Original">The images that were reconstructed.</param>
/// <param name="Hybrid">G of one image's structure and another's texture, [M, 3, H, W].</param>
/// <param name="StructureImages">fp32 images whose structure the hybrids have, [M, 3, H, W].</param>
/// <param name="Labels">The structure images' labels, [M, H, W].</param>
/// <param name="TextureImages">fp32 images whose texture the hybrids have, [M, 3, H, W].</param>
/// <param name="TextureLabels">Their labels, [M, H, W].</param>
/// <param name="InnerFeatures">The encoder's features for the inner semantic branch, of the whole batch.</param>
internal sealed record Translation(
    Tensor Reconstruction, Tensor Original, Tensor Hybrid, Tensor StructureImages, Tensor Labels, Tensor TextureImages,
    Tensor TextureLabels, Tensor InnerFeatures)
{
    /// <summary>Reconstructions, then hybrids, without their history: what the discriminators learn from.</summary>
    public Tensor Fakes() => cat([Reconstruction.detach(), Hybrid.detach()], 0);
}
