namespace EdgeSimToReal.Cli.Collecting;

/// <summary>Where a camera sits on its vehicle.</summary>
public sealed record PlanCamera
{
    /// <summary>What the manifest calls it.</summary>
    public string Name { get; init; } = "roof";

    /// <summary>Metres forward from the vehicle's middle.</summary>
    public float X { get; init; } = 1.5f;

    /// <summary>Metres to the right.</summary>
    public float Y { get; init; }

    /// <summary>Metres above the ground.</summary>
    public float Z { get; init; } = 2;

    /// <summary>Degrees, nose up positive.</summary>
    public float Pitch { get; init; }

    /// <summary>Degrees, to the right positive.</summary>
    public float Yaw { get; init; }

    /// <summary>Degrees.</summary>
    public float Roll { get; init; }

    /// <summary>Horizontal field of view, degrees.</summary>
    public double Fov { get; init; } = 90;

    /// <summary>Its share of the frames, relative to the other cameras' shares.</summary>
    public double Share { get; init; } = 1;
}
