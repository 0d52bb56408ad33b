namespace EdgeSimToReal.Carla.Wire;

/// <summary>The commands of a batch that this project reads and writes; their numbers on the wire shift in 0.9.14.</summary>
public enum CommandKind
{
    /// <summary>Any other command; carried as raw bytes.</summary>
    Other,

    /// <summary>Spawns an actor, then runs commands on it.</summary>
    SpawnActor,

    /// <summary>Destroys an actor.</summary>
    DestroyActor,

    /// <summary>Sets a vehicle's controls.</summary>
    ApplyVehicleControl,

    /// <summary>Sets an actor's transform.</summary>
    ApplyTransform,

    /// <summary>Sets an actor's location.</summary>
    ApplyLocation,

    /// <summary>Switches an actor's physics.</summary>
    SetSimulatePhysics,

    /// <summary>Flips the server's autopilot flag (which does not drive).</summary>
    SetAutopilot,
}
