using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>What one half of a step works on: 2N images with their labels.</summary>
/// <param name="Single">fp32 images [2N, 3, H, W] in [-1, 1]; simulated ones first, but in mode sae, which mixes them.</param>
/// <param name="Images">The same in the type that the networks compute in.</param>
/// <param name="Labels">What the semantic losses see, [2N, H, W] bytes; 255 where unknown or of an ignored class.</param>
/// <param name="Conditions">What a label-conditioned generator is told, [2N, K, H/s, W/s]; null without.</param>
internal sealed record LcsaeBatch(Tensor Single, Tensor Images, Tensor Labels, Tensor? Conditions)
{
    /// <summary>N.</summary>
    public long PerDomain => Images.shape[0] / 2;
}
