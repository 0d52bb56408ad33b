namespace EdgeSimToReal.Carla.Camera;

/// <summary>How a spawned vehicle is moved. CARLA's autopilot alone does not drive.</summary>
public enum DriveMode
{
    /// <summary>It stands where it was spawned.</summary>
    None,

    /// <summary>It is put along the map's lane, one step a tick.</summary>
    Transform,

    /// <summary>It is steered along the map's lane with the simulator's physics.</summary>
    Control,

    /// <summary>A Traffic Manager that some script runs drives it.</summary>
    TrafficManager,
}
