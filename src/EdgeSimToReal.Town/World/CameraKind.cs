namespace EdgeSimToReal.Town.World;

/// <summary>What a camera shows.</summary>
internal enum CameraKind
{
    Rgb,
    Semantic,
    Instance,
    Depth,
    OpticalFlow,
}
