namespace EdgeSimToReal.Core.Frames;

/// <summary>World transform of a sensor in CARLA's axes: x forward, y right, z up (left-handed).</summary>
/// <param name="X">Metres forward.</param>
/// <param name="Y">Metres to the right.</param>
/// <param name="Z">Metres up.</param>
/// <param name="Pitch">Degrees, nose up positive.</param>
/// <param name="Yaw">Degrees, clockwise seen from above.</param>
/// <param name="Roll">Degrees, clockwise seen from behind.</param>
public readonly record struct Pose(float X, float Y, float Z, float Pitch, float Yaw, float Roll);
