using System.Numerics;
using System.Runtime.Intrinsics;
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
    public Wide3 Backdrop(in Wide3 direction)
    {
        Vector256<float> up = Wide.Max(direction.Z, 0), t = Vector256<float>.One - up;
        Vector256<float> t2 = t * t, t6 = t2 * t2 * t2;
        Wide3 sky = Wide3.Lerp(new(_zenith), new(_horizon), (t6 * 0.75f) + (t2 * 0.25f));
        Vector256<float> toSun = ToSun(direction), s2 = toSun * toSun, s8 = s2 * s2 * s2 * s2;
        return sky + (new Wide3(_glow) * (s8 * 0.22f));
    }

    /// <summary>The sky as seen, with clouds and sun. <paramref name="direction"/> has unit length.</summary>
    public Wide3 Sky(in Wide3 direction, int cloudLevel)
    {
        Wide3 sky = Backdrop(direction), glow = new(_glow);
        Vector256<float> toSun = ToSun(direction), s = toSun * toSun;
        s *= s;
        s *= s;
        s *= s;
        s *= s; // 32
        Vector256<float> s128 = s * s * s * s, s512 = s128 * s128 * s128 * s128;
        sky += glow * ((s * 0.5f) + (s128 * 1.2f) + (s512 * 12 * s512));
        Vector256<float> above = Vector256.GreaterThan(direction.Z, Vector256.Create(0.005f));
        if (above == Vector256<float>.Zero)
            return sky;
        Vector256<float> scale = Vector256.Create(0.10f) / (direction.Z + Vector256.Create(0.07f));
        Wide3 cloud = _clouds.Levels(cloudLevel, cloudLevel).Bilinear(
            (direction.X * scale) + Vector256.Create(0.31f), (direction.Y * scale) + Vector256.Create(0.17f), out Vector256<float> body);
        body *= 1 / 255f;
        float threshold = 0.78f - (0.62f * _cover);
        Vector256<float> thick = Wide.SmoothStep(threshold, threshold + 0.22f, body) * Wide.SmoothStep(0.005f, 0.12f, direction.Z)
            * Lerp(0.85f, 0.96f, _cover);
        Vector256<float> bright = Wide.Lerp(cloud.Z * (1 / 255f), Vector256<float>.One - body, Vector256.Create(0.4f));
        Wide3 colour = Wide3.Lerp(new(_cloudDark), new(_cloudLit), bright) + (glow * (s * 0.6f));
        return Wide3.Select(above, Wide3.Lerp(sky, colour, thick), sky);
    }

    private Vector256<float> ToSun(in Wide3 direction) => Wide.Max(Wide3.Dot(direction, new(Sun)), 0);

    private static Vector4 Bgr(float r, float g, float b) => new(b, g, r, 0);

    private static Vector4 Lerp(Vector4 a, Vector4 b, float t) => a + ((b - a) * t);

    private static float Lerp(float a, float b, float t) => a + ((b - a) * t);
}
