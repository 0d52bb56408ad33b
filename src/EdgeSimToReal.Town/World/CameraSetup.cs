namespace EdgeSimToReal.Town.World;

/// <summary>Size and lens of a camera.</summary>
/// <param name="Kind">What it shows.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Fov">Horizontal field of view in degrees.</param>
/// <param name="Period">Simulated seconds between pictures; 0 for one a tick.</param>
internal sealed record CameraSetup(CameraKind Kind, int Width, int Height, float Fov, double Period);
