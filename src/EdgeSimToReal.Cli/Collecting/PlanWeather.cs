using EdgeSimToReal.Carla.Camera;

namespace EdgeSimToReal.Cli.Collecting;

/// <summary>A weather to collect in: what it leaves out stays as the simulator has it.</summary>
public sealed record PlanWeather : WeatherOptions
{
    /// <summary>What the manifest calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Its share of the frames, relative to the other weathers' shares.</summary>
    public double Share { get; init; } = 1;

    /// <summary>
    /// Dry, without fog, by day, as the paper collects (chapter 4.1): a high and a low sun, under clear, broken and closed skies.
    /// </summary>
    public static IReadOnlyList<PlanWeather> DryDays { get; } =
    [
        Dry("noon", cloudiness: 10, azimuth: 300, altitude: 65),
        Dry("morning", cloudiness: 20, azimuth: 60, altitude: 28),
        Dry("broken", cloudiness: 55, azimuth: 200, altitude: 45),
        Dry("overcast", cloudiness: 90, azimuth: 120, altitude: 40),
    ];

    private static PlanWeather Dry(string name, float cloudiness, float azimuth, float altitude) => new()
    {
        Name = name,
        Cloudiness = cloudiness,
        Precipitation = 0,
        PrecipitationDeposits = 0,
        SunAzimuthAngle = azimuth,
        SunAltitudeAngle = altitude,
        FogDensity = 0,
        Wetness = 0,
    };
}
