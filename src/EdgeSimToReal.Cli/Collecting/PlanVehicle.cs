using EdgeSimToReal.Carla.Camera;

namespace EdgeSimToReal.Cli.Collecting;

/// <summary>What carries the cameras.</summary>
public sealed record PlanVehicle
{
    /// <summary>An existing vehicle's role name or id; null: one is spawned (with town://, the Town's own car is taken).</summary>
    public string? Attach { get; init; }

    /// <summary>What to spawn; null: a saloon.</summary>
    public string? Blueprint { get; init; }

    /// <summary>How the spawned vehicle moves.</summary>
    public DriveMode Drive { get; init; } = DriveMode.Transform;

    /// <summary>Its speed, metres a second.</summary>
    public double Speed { get; init; } = 8;
}
