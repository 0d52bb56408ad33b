using EdgeSimToReal.Carla.Camera;

namespace EdgeSimToReal.Cli.Collecting;

/// <summary>Who else is on the road around the camera.</summary>
public sealed record PlanTraffic
{
    /// <summary>Vehicles to spawn.</summary>
    public int Vehicles { get; init; } = 30;

    /// <summary>People to spawn on sidewalks.</summary>
    public int Pedestrians { get; init; } = 20;

    /// <summary>How the vehicles move: along their lanes by transform or control, or by a Traffic Manager that runs already.</summary>
    public DriveMode Drive { get; init; } = DriveMode.Transform;

    /// <summary>Their speed, metres a second; a Traffic Manager has its own.</summary>
    public double Speed { get; init; } = 8;

    /// <summary>That Traffic Manager's port.</summary>
    public ushort ManagerPort { get; init; } = 8000;
}
