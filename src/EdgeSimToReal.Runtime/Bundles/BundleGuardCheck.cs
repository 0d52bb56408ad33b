using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Onnx.Segmentation;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Runtime.Bundles;

/// <summary>What makes a segmenter a bundle's label guard: independent, small, and of classes that a simulator's tags map to.</summary>
internal static class BundleGuardCheck
{
    /// <summary>Describes a segmenter as a guard.</summary>
    /// <param name="content">The ONNX file's content.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <param name="width">The width at which it is to read pictures.</param>
    /// <param name="height">The height.</param>
    /// <param name="teachers">Ids of the segmenters that took part in the bundle's training.</param>
    /// <exception cref="EdgeSimException">The segmenter can't be the bundle's guard.</exception>
    public static BundleGuard Describe(byte[] content, string path, int width, int height, IReadOnlyList<string> teachers)
    {
        ModelProto model = OnnxFile.Parse(content, path);
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        foreach (StringStringEntryProto property in model.MetadataProps)
            metadata.TryAdd(property.Key, property.Value);
        SegmenterDescription description = SegmenterDescription.FromMetadata(metadata, path);
        string id = description.Id ?? throw new EdgeSimException($"'{path}' tells no id of its weights, so it can't be a label guard.",
            "Export it again with 'edgesim-train export'.");
        if (teachers.Contains(id))
        {
            throw new EdgeSimException(
                $"The segmenter '{path}' ({id}) took part in the training of this bundle, so it can't be its label guard.",
                "A generator learns to please its teacher: take a segmenter that was trained apart.");
        }
        // Told now rather than at the first frame.
        foreach (LabelSpace tags in new[] { LabelSpaces.Carla23, LabelSpaces.Carla29 })
            _ = LabelRemap.Between(tags, description.LabelSpace);
        SegmenterConfiguration.CheckImageSize(height, width);
        FrameGeometry.CheckNetworkSize(width, height);
        long cost = OnnxCost.MultiplyAccumulates(model, height, width, path);
        if (cost > BundleGuard.MaxMultiplyAccumulates)
        {
            throw new EdgeSimException(FormattableString.Invariant($"'{path}' needs {cost / 1e9:F2} GMAC at {width}x{height}, ")
                + FormattableString.Invariant($"and a label guard has at most {BundleGuard.MaxMultiplyAccumulates / 1e9:F0}."),
                "Take a smaller segmenter, or a smaller size.");
        }
        return new BundleGuard
        {
            Id = id,
            Architecture = description.Architecture,
            LabelSpace = description.LabelSpace.Name,
            Width = width,
            Height = height,
            Normalisation = BundleNormalisation.SignedUnit,
            MultiplyAccumulates = cost,
            TrainingData = [.. description.TrainingData.Select(
                data => new BundleTrainingData(data.Name, data.Images, BundleRoles.Guard, data.Licence ?? "unknown"))],
        };
    }

    /// <summary>Checks that what a manifest says of its guard is what the guard's file says.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="guard">Its guard.</param>
    /// <param name="content">The guard's file; null where the manifest lists none.</param>
    /// <param name="path">The manifest's path, for messages.</param>
    /// <exception cref="EdgeSimException">It is not, or the guard took part in the bundle's training.</exception>
    public static void Check(BundleManifest manifest, BundleGuard guard, byte[]? content, string path)
    {
        if (content is null)
            throw new EdgeSimException($"'{path}' describes a label guard and lists no file of it.", "Add it again: edgesim guard add.");
        string file = Path.Combine(Path.GetDirectoryName(path)!, manifest.Files[BundleRoles.Guard].Name);
        BundleGuard actual = Describe(content, file, guard.Width, guard.Height, manifest.Teachers);
        if ((guard.Id, guard.LabelSpace, guard.Normalisation) != (actual.Id, actual.LabelSpace, actual.Normalisation))
        {
            throw new EdgeSimException($"'{path}' says the label guard {guard.Id} of {guard.LabelSpace}, and its file says {actual.Id} of "
                + $"{actual.LabelSpace}.", "The bundle's files do not belong together; add the guard again: edgesim guard add.");
        }
        if (guard.Threshold is { } threshold
            && !(double.IsFinite(threshold.Score) && IsUsable(threshold.Alignment) && IsUsable(threshold.Kept)
                && (threshold.Objects is null || IsUsable(threshold.Objects))))
        {
            throw new EdgeSimException($"'{path}' has a label guard with a threshold that is none.",
                "Calibrate it again: edgesim guard calibrate.");
        }
    }

    private static bool IsUsable(BundleGuardMeasure measure) =>
        double.IsFinite(measure.Mean) && double.IsFinite(measure.Deviation) && measure.Deviation > 0;
}
