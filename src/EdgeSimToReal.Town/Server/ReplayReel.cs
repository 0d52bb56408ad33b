using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Town.Server;

/// <summary>A camera's pictures, rendered beforehand.</summary>
/// <param name="pictures">As they go onto the wire, after the headers.</param>
/// <param name="poses">Where the camera was at each.</param>
internal sealed class ReplayReel(byte[][] pictures, Pose[] poses)
{
    /// <summary>Number of pictures.</summary>
    public int Count => pictures.Length;

    /// <summary>One picture.</summary>
    public byte[] Picture(int index) => pictures[index];

    /// <summary>Where the camera was.</summary>
    public Pose Pose(int index) => poses[index];
}
