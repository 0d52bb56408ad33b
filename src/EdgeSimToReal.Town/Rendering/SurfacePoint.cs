using System.Numerics;
using System.Runtime.CompilerServices;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Light on one surface: sun, sky, mirrored sky, own light and haze. Colours are linear, in the order blue, green, red.</summary>
internal readonly struct SurfacePoint
{
    private readonly MaterialInfo _info;
    private readonly Lighting _light;
    private readonly Vector3 _view;
    private readonly Vector4 _haze;
    private readonly float _emission;
    private readonly float _wet;

    public SurfacePoint(in MaterialInfo info, Lighting light, Vector3 view, Vector4 haze, float emission)
    {
        _info = info;
        _light = light;
        _view = view;
        _haze = haze;
        _emission = emission;
        _wet = light.Wetness * info.Puddles;
    }

    /// <summary>The colour of one pixel.</summary>
    /// <param name="texel">The texture's value (blue, green, red, mask), 0..255.</param>
    /// <param name="tint">The tint, linear.</param>
    /// <param name="normal">Unit normal.</param>
    /// <param name="sun">Cosine to the sun.</param>
    /// <param name="shadow">Share of the sun that arrives, 0..1.</param>
    /// <param name="open">Share of the sky that is free, 0..1.</param>
    /// <param name="way">From the eye to the surface, metres.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Shade(Vector4 texel, Vector4 tint, Vector3 normal, float sun, float shadow, float open, Vector3 way)
    {
        Vector4 albedo = texel * (1 / 255f);
        float gloss = _info.Gloss;
        if (_info.Masked)
        {
            float mask = albedo.W;
            albedo *= albedo;
            albedo *= Vector4.One + ((tint - Vector4.One) * Saturate((mask - 0.5f) * 2));
            gloss = Saturate(1 - (2 * mask)) * 0.8f;
        }
        else
        {
            albedo *= albedo;
            albedo *= tint;
        }
        float wet = _wet;
        if (wet > 0)
            albedo *= 1 - (0.5f * wet);

        float up = 0.5f + (0.5f * normal.Z);
        Vector4 ambient = (_light.GroundLight + ((_light.SkyLight - _light.GroundLight) * up)) * open;
        float direct = MathF.Max(sun, 0);
        if (_info.Translucency > 0)
        {
            // Leaves: light wraps around and shines through.
            direct = Saturate((sun * 0.6f) + 0.3f) + (_info.Translucency * MathF.Max(-sun, 0));
            direct *= 0.35f + (0.65f * open);
        }
        Vector4 light = ambient + (_light.SunColour * (direct * shadow));
        Vector4 colour = albedo * light;

        if (gloss > 0 || _info.Highlight > 0 || wet > 0)
        {
            float facing = Dot(_view, normal);
            Vector3 mirrored = _view - (normal * (2 * facing));
            float rim = 1 - MathF.Min(MathF.Abs(facing), 1), rim2 = rim * rim, fresnel = rim2 * rim2 * rim;
            if (gloss > 0)
            {
                float share = gloss * (0.06f + (0.94f * fresnel)) + (gloss * gloss * 0.10f);
                Vector4 seen = mirrored.Z > 0
                    ? _light.Backdrop(mirrored) * SmoothStep(-0.02f, 0.35f, mirrored.Z)
                    : Vector4.Zero;
                seen += _light.GroundLight * (0.45f * SmoothStep(0.35f, -0.1f, mirrored.Z));
                colour += (seen - colour) * MathF.Min(share * open, 0.55f);
            }
            if (wet > 0 && normal.Z > 0.7f)
            {
                float film = wet * (0.03f + (0.75f * fresnel)) * (0.45f + (0.55f * (1 - (texel.Y * (1 / 255f)))));
                colour += ((_light.Backdrop(mirrored) * 0.8f) - colour) * MathF.Min(film * 1.4f, 0.75f);
            }
            float highlight = _info.Highlight + (gloss * 0.5f) + (wet * 0.3f);
            float toSun = MathF.Max(0, Dot(mirrored, _light.Sun));
            toSun *= toSun;
            toSun *= toSun;
            toSun *= toSun;
            float sharp = toSun * toSun;
            sharp *= sharp;
            colour += _light.SunColour * (shadow * highlight * ((0.03f * toSun) + (0.45f * sharp)));
        }
        if (_emission > 0)
            colour += tint * _emission;

        float distance = MathF.Max(0, MathF.Sqrt(Dot(way, way)) - _light.HazeStart) * _light.Haze;
        float clear = 1 / (1 + (distance * (1 + (distance * (0.5f + (distance * (1 / 6f)))))));
        colour = _haze + ((colour - _haze) * clear);
        return ToneCurve.Encode(colour * _light.Exposure);
    }
}
