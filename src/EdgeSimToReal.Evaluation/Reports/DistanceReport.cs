using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Evaluation.Metrics;

namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>How far one set of images is from the real validation images.</summary>
/// <param name="Features">
/// Whose features: "judge", "resnet18/8", "resnet18/16", "resnet18/32" (means of the ImageNet network's maps at that part of the image) or
/// "inception". Only the last's may be called FID and KID.
/// </param>
/// <param name="Set">The set's name.</param>
/// <param name="Images">Number of images in the set.</param>
/// <param name="ReferenceImages">Number of images that it is compared with.</param>
/// <param name="FrechetSquared">Squared Fréchet distance; it falls with the number of images.</param>
/// <param name="Kernel">Unbiased squared kernel distance, cubic kernel.</param>
/// <param name="KernelSubsetMean">The same as mean over 100 random subsets.</param>
/// <param name="KernelSubsetDeviation">And their deviation.</param>
/// <param name="SubsetSize">Images a subset.</param>
public sealed record DistanceReport(
    string Features, string Set, int Images, int ReferenceImages, Estimate FrechetSquared, Estimate Kernel, double KernelSubsetMean,
    double KernelSubsetDeviation, int SubsetSize)
{
    /// <summary>
    /// Mean over the textures of the squared Fréchet distance of each texture's images alone, which are as many as the untranslated ones;
    /// null for sets without textures.
    /// </summary>
    public double? FrechetPerTexture { get; set; }

    /// <summary>
    /// Whose features count where a table has room for one distance: Inception's where they were asked for, else ResNet18's at 1/16, else
    /// the judge's; null where there is none.
    /// </summary>
    /// <param name="distances">A report's distances.</param>
    public static string? StandardFeatures(IEnumerable<DistanceReport> distances)
    {
        HashSet<string> kinds = [.. distances.Select(distance => distance.Features)];
        return new[] { SetReader.InceptionFeatures, ResNet18Network.StandardKind, SetReader.JudgeFeatures }.FirstOrDefault(kinds.Contains);
    }
}
