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
    string? LabelSpace = null, string? Source = null)
{
    /// <summary>The simulator's map; null where unknown, as for all below.</summary>
    public string? Map { get; init; }

    /// <summary>The weather's name in the plan that the frame was collected by.</summary>
    public string? Weather { get; init; }

    /// <summary>The camera's name in that plan.</summary>
    public string? Camera { get; init; }

    /// <summary>The plan's seed.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The simulator's version, e.g. "0.9.16".</summary>
    public string? Simulator { get; init; }

    /// <summary>The share of pixels that show vehicles or people, 0..1.</summary>
    public double? Traffic { get; init; }

    /// <summary>The picture's <see cref="Filters.PerceptualHash"/>, 16 hexadecimal digits.</summary>
    public string? Hash { get; init; }

    /// <summary>The depth image's path, as <see cref="Image"/>: 16-bit grey PNG, centimetres, at most 655.35 m.</summary>
    public string? Depth { get; init; }

    /// <summary>The instance image's path, likewise: 16-bit grey PNG, the simulator's instance ids.</summary>
    public string? Instances { get; init; }
}
