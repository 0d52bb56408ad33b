namespace EdgeSimToReal.Town.Scene;

/// <summary>Weather and time of day, in the units of CARLA's <c>WeatherParameters</c>; what the town does not show is left out.</summary>
public readonly record struct TownWeather
{
    /// <summary>A clear afternoon.</summary>
    public TownWeather()
    {
    }

    /// <summary>0..100: from a clear sky to an overcast one.</summary>
    public float Cloudiness { get; init; } = 15;

    /// <summary>0..100: rain.</summary>
    public float Precipitation { get; init; }

    /// <summary>0..100: puddles.</summary>
    public float PrecipitationDeposits { get; init; }

    /// <summary>Degrees clockwise from +x, where the sun stands.</summary>
    public float SunAzimuthDegrees { get; init; } = -60;

    /// <summary>Degrees above the horizon; below 0 it is night, shown as dusk.</summary>
    public float SunAltitudeDegrees { get; init; } = 45;

    /// <summary>0..100.</summary>
    public float FogDensity { get; init; } = 2;

    /// <summary>Metres at which the fog begins.</summary>
    public float FogDistance { get; init; } = 0.75f;

    /// <summary>0..100: how wet the ground is.</summary>
    public float Wetness { get; init; }

    /// <summary>Clear noon.</summary>
    public static TownWeather Clear { get; } = new();

    /// <summary>Overcast and dry.</summary>
    public static TownWeather Overcast { get; } = new() { Cloudiness = 90, FogDensity = 6 };

    /// <summary>After rain: wet ground, broken clouds.</summary>
    public static TownWeather Wet { get; } = new() { Cloudiness = 60, PrecipitationDeposits = 60, Wetness = 80, FogDensity = 5 };

    /// <summary>Light rain under a closed sky.</summary>
    public static TownWeather Rain { get; } = new() { Cloudiness = 95, Precipitation = 45, PrecipitationDeposits = 50, Wetness = 90, FogDensity = 14 };

    /// <summary>A low sun in the evening.</summary>
    public static TownWeather Sunset { get; } = new() { SunAltitudeDegrees = 12, Cloudiness = 30, FogDensity = 6 };
}
