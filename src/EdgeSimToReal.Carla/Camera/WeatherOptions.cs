using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Carla.Camera;

/// <summary>A weather to set; what is null stays as the server has it, and what its version lacks is left out.</summary>
public record WeatherOptions
{
    /// <inheritdoc cref="WeatherParameters.Cloudiness"/>
    public float? Cloudiness { get; init; }

    /// <inheritdoc cref="WeatherParameters.Precipitation"/>
    public float? Precipitation { get; init; }

    /// <inheritdoc cref="WeatherParameters.PrecipitationDeposits"/>
    public float? PrecipitationDeposits { get; init; }

    /// <inheritdoc cref="WeatherParameters.WindIntensity"/>
    public float? WindIntensity { get; init; }

    /// <inheritdoc cref="WeatherParameters.SunAzimuthAngle"/>
    public float? SunAzimuthAngle { get; init; }

    /// <inheritdoc cref="WeatherParameters.SunAltitudeAngle"/>
    public float? SunAltitudeAngle { get; init; }

    /// <inheritdoc cref="WeatherParameters.FogDensity"/>
    public float? FogDensity { get; init; }

    /// <inheritdoc cref="WeatherParameters.FogDistance"/>
    public float? FogDistance { get; init; }

    /// <inheritdoc cref="WeatherParameters.Wetness"/>
    public float? Wetness { get; init; }

    /// <summary>The server's weather with these changes.</summary>
    /// <param name="present">What the server has; it stays as it is.</param>
    public WeatherParameters On(WeatherParameters present)
    {
        float?[] changes =
        [
            Cloudiness, Precipitation, PrecipitationDeposits, WindIntensity, SunAzimuthAngle, SunAltitudeAngle, FogDensity, FogDistance,
            null, Wetness,
        ];
        float[] values = [.. present.Values];
        for (int i = 0; i < Math.Min(values.Length, changes.Length); i++)
            values[i] = changes[i] ?? values[i];
        return new WeatherParameters(values);
    }
}
