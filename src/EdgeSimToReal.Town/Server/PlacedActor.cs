using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Server;

/// <summary>A client's actor as the street shows it.</summary>
/// <param name="Id">Its id, also in instance pictures.</param>
/// <param name="Model">Its shape.</param>
/// <param name="Colour">sRGB 0xRRGGBB.</param>
/// <param name="Pose">The ground below its middle.</param>
/// <param name="LastPose">Where that was a frame before.</param>
internal readonly record struct PlacedActor(int Id, ActorModel Model, uint Colour, Pose Pose, Pose LastPose);
