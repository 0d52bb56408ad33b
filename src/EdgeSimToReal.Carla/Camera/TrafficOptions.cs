using EdgeSimToReal.Core;

namespace EdgeSimToReal.Carla.Camera;

/// <summary>Vehicles and people that are spawned around a camera, and move while it looks.</summary>
public sealed record TrafficOptions
{
    /// <summary>Vehicles, 0..500.</summary>
    public int Vehicles { get; init; }

    /// <summary>People on sidewalks, 0..500; maps that tell none have none.</summary>
    public int Pedestrians { get; init; }

    /// <summary>How the vehicles move. People are put along their way in every mode but <see cref="DriveMode.None"/>.</summary>
    public DriveMode Drive { get; init; } = DriveMode.Transform;

    /// <summary>The vehicles' speed, metres a second; a Traffic Manager has its own.</summary>
    public double Speed { get; init; } = 8;

    /// <summary>Chooses places, models and colours.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Refuses options that make no sense.</summary>
    /// <exception cref="EdgeSimException">Says which.</exception>
    public void Validate()
    {
        if (Vehicles is < 0 or > 500 || Pedestrians is < 0 or > 500)
            throw new EdgeSimException($"A traffic of {Vehicles} vehicles and {Pedestrians} people can't be.", "Give 0 to 500 of each.");
        if (Speed is not (> 0 and < 100))
            throw new EdgeSimException($"A traffic of {Speed} m/s makes no sense.", "Give a speed above 0 and below 100.");
    }
}
