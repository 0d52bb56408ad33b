using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Town.Scene;

/// <summary>A movable thing in a <see cref="TownState"/>.</summary>
/// <param name="Id">Its id, also its value in instance pictures.</param>
/// <param name="Model">Its shape.</param>
/// <param name="Colour">Paint or clothes, sRGB 0xRRGGBB.</param>
/// <param name="Pose">Where it stands: the ground below its middle.</param>
/// <param name="Travelled">Metres that it has moved; turns wheels and swings legs.</param>
/// <param name="Speed">Metres a second along its forward axis; for the town's own traffic alone, 0 for actors of the caller.</param>
public readonly record struct TownActor(ushort Id, ActorModel Model, uint Colour, Pose Pose, float Travelled, float Speed);
