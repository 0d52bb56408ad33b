using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging;

namespace EdgeSimToReal.Cli.Collecting;

/// <summary>A frame on its way to the disk.</summary>
/// <param name="Frame">Colours and tags, a copy of its own.</param>
/// <param name="Depth">Metres, [Height, Width]; null without.</param>
/// <param name="Instances">[Height, Width]; null without.</param>
/// <param name="About">What else the manifest line says; its paths are filled in.</param>
internal sealed record CollectedFrame(Frame Frame, float[]? Depth, ushort[]? Instances, LabelManifestEntry About);
