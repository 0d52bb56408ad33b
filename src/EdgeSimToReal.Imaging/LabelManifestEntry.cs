using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Imaging;

/// <summary>One frame of a labelled folder, as a line of its manifest.</summary>
/// <param name="Image">The image's path, relative to the manifest's folder.</param>
/// <param name="Label">The label image's path, likewise; null without labels.</param>
/// <param name="Frame">The simulator's frame number; null where unknown.</param>
/// <param name="Time">Simulated time in seconds; null where unknown.</param>
/// <param name="Pose">Where the camera was; null where unknown.</param>
/// <param name="LabelSpace">The name of the label space; null without labels.</param>
/// <param name="Source">Where the frame came from; null where unknown.</param>
public sealed record LabelManifestEntry(string Image, string? Label = null, ulong? Frame = null, double? Time = null, Pose? Pose = null,
    string? LabelSpace = null, string? Source = null);
