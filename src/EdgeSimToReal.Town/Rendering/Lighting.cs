using System.Numerics;
using EdgeSimToReal.Town.Scene;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Light, haze and sky that follow from a <see cref="TownWeather"/>; linear colours in the order blue, green, red.</summary>
internal sealed class Lighting
{
    private Vector4 _zenith, _horizon, _glow, _cloudLit, _cloudDark;
    private float _cover;
    private readonly Texture _clouds = TextureBank.Shared[TextureName.Clouds];

    public TownWeather Weather { get; private set; }

    /// <summary>Unit vector towards the sun.</summary>
    public Vector3 Sun { get; private set; }

    public Vector4 SunColour { get; private set; }

    /// <summary>Light from above on a level surface.</summary>
    public Vector4 SkyLight { get; private set; }

    /// <summary>Light that the ground throws back up.</summary>
    public Vector4 GroundLight { get; private set; }

    /// <summary>One over the distance at which haze takes 63 percent.</summary>
    public float Haze { get; private set; }

    public float HazeStart { get; private set; }

    /// <summary>0..1.</summary>
    public float Wetness { get; private set; }

    /// <summary>Factor on all light before the tone curve.</summary>
    public float Exposure { get; private set; }

    public void Set(in TownWeather weather)
    {
        Weather = weather;
        float altitude = Math.Clamp(weather.SunAltitudeDegrees, -90, 90), azimuth = weather.SunAzimuthDegrees * DegreesToRadians;
        // A sun at the horizon gives endless shadows; below 4 degrees it stays there and only dims.
        float shown = MathF.Max(altitude, 4) * DegreesToRadians;
        Sun = new Vector3(Cos(shown) * Cos(azimuth), Cos(shown) * Sin(azimuth), Sin(shown));
        float cloud = Saturate(weather.Cloudiness / 100), day = SmoothStep(-9, 12, altitude), low = SmoothStep(35, 3, altitude);
        float direct = day * (1 - (0.94f * SmoothStep(0.35f, 0.95f, cloud)));
        Vector4 sunTone = Lerp(Bgr(1, 0.95f, 0.86f), Bgr(1, 0.58f, 0.28f), low);
        SunColour = sunTone * (2.9f * direct * (1 - (0.35f * low)));
        Vector4 clear = Lerp(Bgr(0.34f, 0.46f, 0.68f), Bgr(0.42f, 0.42f, 0.55f), low), grey = Bgr(0.80f, 0.84f, 0.90f);
        float daylight = 0.05f + (0.95f * day);
        SkyLight = Lerp(clear, grey, cloud * 0.9f) * (daylight * Lerp(1.05f, 1.15f, cloud));
        GroundLight = ((SkyLight * 0.28f) + (SunColour * (0.16f * Sun.Z))) * Bgr(0.9f, 0.87f, 0.8f);
        _zenith = Lerp(Lerp(Bgr(0.13f, 0.27f, 0.56f), Bgr(0.16f, 0.22f, 0.40f), low), Bgr(0.46f, 0.50f, 0.56f), cloud) * daylight;
        _horizon = Lerp(Lerp(Bgr(0.66f, 0.76f, 0.86f), Bgr(0.92f, 0.66f, 0.46f), low), Bgr(0.66f, 0.69f, 0.73f), cloud) * daylight;
        _glow = sunTone * (day * (1 - (0.85f * cloud)) * Lerp(0.55f, 1.0f, low));
        _cloudLit = Lerp(Bgr(1.02f, 1.0f, 0.97f), Bgr(1.1f, 0.78f, 0.58f), low) * (daylight * Lerp(1.05f, 0.72f, cloud));
        _cloudDark = Lerp(Bgr(0.60f, 0.63f, 0.69f), Bgr(0.46f, 0.42f, 0.46f), low) * (daylight * Lerp(1, 0.75f, cloud));
        _cover = cloud;
        float fog = Saturate(weather.FogDensity / 100);
        Haze = 0.0006f + (0.035f * fog * fog) + (0.004f * fog) + (0.004f * Saturate(weather.Precipitation / 100));
        HazeStart = MathF.Max(0, weather.FogDistance);
        Wetness = Saturate(MathF.Max(weather.Wetness, weather.Precipitation) / 100);
        Exposure = Lerp(0.80f, 0.88f, cloud) * Lerp(1.15f, 1, day);
    }

    /// <summary>The sky without clouds and sun disc: what distant things fade into and what paint mirrors.</summary>
    public Vector4 Backdrop(Vector3 direction)
    {
        float up = MathF.Max(direction.Z, 0), t = 1 - up;
        float t2 = t * t, t6 = t2 * t2 * t2;
        Vector4 sky = Lerp(_zenith, _horizon, (0.75f * t6) + (0.25f * t2));
        float toSun = MathF.Max(0, Dot(direction, Sun)), s2 = toSun * toSun, s8 = s2 * s2 * s2 * s2;
        return sky + (_glow * (0.22f * s8));
    }

    /// <summary>The sky as seen, with clouds and sun. <paramref name="direction"/> has unit length.</summary>
    public Vector4 Sky(Vector3 direction, int cloudLevel)
    {
        Vector4 sky = Backdrop(direction);
        float toSun = MathF.Max(0, Dot(direction, Sun));
        float s = toSun * toSun;
        s *= s;
        s *= s;
        s *= s;
        s *= s; // 32
        float s128 = s * s * s * s, s512 = s128 * s128 * s128 * s128;
        sky += _glow * ((0.5f * s) + (1.2f * s128) + (12 * s512 * s512));
        if (direction.Z > 0.005f)
        {
            float scale = 0.10f / (direction.Z + 0.07f);
            Vector4 cloud = _clouds.Bilinear((direction.X * scale) + 0.31f, (direction.Y * scale) + 0.17f, cloudLevel) * (1 / 255f);
            float threshold = 0.78f - (0.62f * _cover);
            float thick = SmoothStep(threshold, threshold + 0.22f, cloud.W) * SmoothStep(0.005f, 0.12f, direction.Z) * Lerp(0.85f, 0.96f, _cover);
            Vector4 body = Lerp(_cloudDark, _cloudLit, Lerp(cloud.Z, 1 - cloud.W, 0.4f)) + (_glow * (0.6f * s));
            sky = Lerp(sky, body, thick);
        }
        return sky;
    }

    private static Vector4 Bgr(float r, float g, float b) => new(b, g, r, 0);

    private static Vector4 Lerp(Vector4 a, Vector4 b, float t) => a + ((b - a) * t);

    private static float Lerp(float a, float b, float t) => a + ((b - a) * t);
}
