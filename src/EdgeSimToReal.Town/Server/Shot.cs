using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Town.Server;

/// <summary>One picture to be taken.</summary>
/// <param name="Feed">Whose.</param>
/// <param name="Pose">Where the camera is.</param>
/// <param name="LastPose">Where it was a frame before.</param>
internal readonly record struct Shot(CameraFeed Feed, Pose Pose, Pose LastPose)
{
    /// <summary>Whether one rendering serves both.</summary>
    public bool SharesViewWith(in Shot other) =>
        Pose == other.Pose && LastPose == other.LastPose && Feed.Setup.Width == other.Feed.Setup.Width
        && Feed.Setup.Height == other.Feed.Setup.Height && Feed.Setup.Fov == other.Feed.Setup.Fov;
}
