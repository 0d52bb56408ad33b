using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Town.World;

/// <summary>One actor of the running episode. All access under the world's gate.</summary>
internal sealed class WorldActor
{
    public required uint Id { get; init; }

    public required Blueprint Blueprint { get; init; }

    public required ActorDescription Description { get; init; }

    public WorldActor? Parent { get; init; }

    /// <summary>Where the actor sits on its parent; unused where there is none.</summary>
    public Pose Mount { get; set; }

    /// <summary>Paint or clothes, sRGB 0xRRGGBB.</summary>
    public required uint Colour { get; init; }

    /// <summary>World pose.</summary>
    public Pose Pose { get; set; }

    /// <summary>World pose at the frame before.</summary>
    public Pose LastPose { get; set; }

    /// <summary>Metres a second along world axes.</summary>
    public Vector3D Velocity { get; set; }

    /// <summary>Degrees a second about world axes.</summary>
    public Vector3D AngularVelocity { get; set; }

    /// <summary>Metres a second squared along world axes.</summary>
    public Vector3D Acceleration { get; set; }

    /// <summary>Metres a second along the vehicle's nose, as its pedals made it.</summary>
    public double Speed { get; set; }

    public VehicleControl Control { get; set; }

    public bool SimulatesPhysics { get; set; } = true;

    public uint LightState { get; set; }

    /// <summary>The camera's pictures; null for anything else.</summary>
    public CameraFeed? Feed { get; init; }

    /// <summary>Simulated time at which the camera next takes a picture.</summary>
    public double NextPicture { get; set; }

    /// <summary>Id of the sensor's stream; 0 for none.</summary>
    public uint StreamId { get; init; }
}
