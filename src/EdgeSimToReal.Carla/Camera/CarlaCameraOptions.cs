using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Carla.Camera;

/// <summary>Which camera to open, on what, and how its frames are handed over.</summary>
/// <remarks>
/// The camera hangs on the first of these that is given: <see cref="VehicleId"/>, <see cref="VehicleRole"/>, <see cref="FixedTransform"/>
/// (nothing); else a vehicle is spawned for it.
/// </remarks>
public sealed record CarlaCameraOptions
{
    /// <summary>The server.</summary>
    public CarlaClientOptions Client { get; init; } = new();

    /// <summary>Pixels.</summary>
    public int Width { get; init; } = 640;

    /// <summary>Pixels.</summary>
    public int Height { get; init; } = 360;

    /// <summary>Horizontal, degrees, above 0 and below 180.</summary>
    public double FieldOfView { get; init; } = 90;

    /// <summary>Simulated seconds between two frames; 0: a frame every tick.</summary>
    public double SensorTick { get; init; }

    /// <summary>Whether a semantic camera gives the tags of each frame.</summary>
    public bool WithTags { get; init; }

    /// <summary>Whether a depth camera looks from the same place, see <see cref="CarlaCameraSource.TryTakeDepth"/>.</summary>
    public bool WithDepth { get; init; }

    /// <summary>
    /// Whether an instance camera looks from the same place, see <see cref="CarlaCameraSource.TryTakeInstances"/>; from 0.9.13 on.
    /// </summary>
    public bool WithInstances { get; init; }

    /// <summary>The map to load where another one runs, by its name with or without folders; null: whichever runs.</summary>
    public string? Map { get; init; }

    /// <summary>The weather to set, until the camera is closed; null: as it is.</summary>
    public WeatherOptions? Weather { get; init; }

    /// <summary>Traffic to spawn around the camera; null: none.</summary>
    public TrafficOptions? Traffic { get; init; }

    /// <summary>An existing vehicle.</summary>
    public uint? VehicleId { get; init; }

    /// <summary>An existing vehicle's role_name, e.g. "hero".</summary>
    public string? VehicleRole { get; init; }

    /// <summary>A place in the world, for a camera on nothing.</summary>
    public Transform? FixedTransform { get; init; }

    /// <summary>Where the camera sits on its vehicle.</summary>
    public Transform Mount { get; init; } = new(new(1.5f, 0, 2.0f), default);

    /// <summary>What to spawn: an id or a pattern with *. Where the server lacks it, any other four-wheeled vehicle is taken.</summary>
    public string VehicleBlueprint { get; init; } = "vehicle.tesla.model3";

    /// <summary>Index of the spawn point to try first.</summary>
    public int SpawnPoint { get; init; }

    /// <summary>How the spawned vehicle moves.</summary>
    public DriveMode Drive { get; init; } = DriveMode.Transform;

    /// <summary>The spawned vehicle's speed, metres a second.</summary>
    public double Speed { get; init; } = 8;

    /// <summary>Port of the Traffic Manager for <see cref="DriveMode.TrafficManager"/>.</summary>
    public ushort TrafficManagerPort { get; init; } = 8000;

    /// <summary>
    /// Synchronous mode: each <see cref="CarlaCameraSource.Take"/> lets the server simulate one step and waits for its frame.
    /// </summary>
    public bool Synchronous { get; init; }

    /// <summary>Simulated seconds a step in synchronous mode.</summary>
    public double FixedDeltaSeconds { get; init; } = 0.05;

    /// <summary>How long a frame may take when it was ticked, or the first one when somebody else ticks the server.</summary>
    public TimeSpan FrameTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Frames that may wait for the consumer.</summary>
    public int QueueCapacity { get; init; } = 3;

    /// <summary>
    /// Age beyond which a waiting frame is skipped for a newer one. Null: one and a half frame periods, so that a frame is always younger
    /// than two and a consumer that keeps up loses none to a moment's delay; infinite: never.
    /// </summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>
    /// How long to wait after the first attempt to reach a server that has gone; twice as long after each more, up to eight times.
    /// </summary>
    public TimeSpan ReconnectInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long to go on trying.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Refuses options that make no sense.</summary>
    /// <exception cref="EdgeSimException">Says which.</exception>
    public void Validate()
    {
        if (Width is < 1 or > 16384 || Height is < 1 or > 16384)
            throw new EdgeSimException($"An image of {Width}x{Height} can't be rendered.", "Give 1 to 16384 pixels each.");
        if (ImageHeader.PixelOffset + (4L * Width * Height) > Client.Limits.MaxStreamMessageBytes)
        {
            throw new EdgeSimException(
                $"An image of {Width}x{Height} is beyond the limit of {Client.Limits.MaxStreamMessageBytes} bytes a message.",
                "Ask for a smaller one, or raise the limit.");
        }
        Traffic?.Validate();
        if (FieldOfView is not (> 0 and < 180))
            throw new EdgeSimException($"A field of view of {FieldOfView} degrees makes no image.", "Give one above 0 and below 180.");
        if (!(SensorTick >= 0) || (Synchronous && SensorTick > 0))
        {
            throw new EdgeSimException($"A sensor tick of {SensorTick} s does not go with this mode.",
                "Leave it 0 and set the fixed step instead.");
        }
        if (Synchronous && FixedDeltaSeconds is not (> 0 and <= 1))
            throw new EdgeSimException($"A fixed step of {FixedDeltaSeconds} s makes no sense.", "Give one above 0 and up to 1.");
    }
}
