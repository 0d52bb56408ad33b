using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Light on a surface: sun, sky, mirrored sky, own light and haze. Colours are linear, in the order blue, green, red.</summary>
internal readonly struct SurfacePoint
{
    private readonly MaterialInfo _info;
    private readonly Lighting _light;
    private readonly Vector3 _view;
    private readonly Wide3 _haze;
    private readonly Vector4 _tint;
    private readonly float _emission;
    private readonly float _wet;

    /// <param name="info">The material.</param>
    /// <param name="light">The scene's light.</param>
    /// <param name="view">From the eye to the surface, unit length.</param>
    /// <param name="haze">What it fades into.</param>
    /// <param name="tint">The tint, linear.</param>
    /// <param name="emission">Light of its own.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SurfacePoint(in MaterialInfo info, Lighting light, Vector3 view, in Wide3 haze, Vector4 tint, float emission)
    {
        _info = info;
        _light = light;
        _view = view;
        _haze = haze;
        _tint = tint;
        _emission = emission;
        _wet = light.Wetness * info.Puddles;
    }

    /// <summary>The colours of eight pixels.</summary>
    /// <param name="texel">The texture's values (blue, green, red), 0..255.</param>
    /// <param name="mask">Its alpha, likewise.</param>
    /// <param name="normal">Unit normals.</param>
    /// <param name="sun">Cosines to the sun.</param>
    /// <param name="shadow">Share of the sun that arrives, 0..1.</param>
    /// <param name="open">Share of the sky that is free, 0..1.</param>
    /// <param name="way">From the eye to the surface, metres.</param>
    [MethodImpl(MethodImplOptions.NoInlining)] // as MipPair.Bilinear
    public Vector256<uint> Shade(
        in Wide3 texel, Vector256<float> mask, in Wide3 normal, Vector256<float> sun, Vector256<float> shadow, Vector256<float> open,
        in Wide3 way)
    {
        Vector256<float> one = Vector256<float>.One, half = Vector256.Create(0.5f), gloss = Vector256.Create(_info.Gloss);
        Wide3 albedo = texel * (1 / 255f), tint = new(_tint);
        albedo *= albedo;
        if (_info.Masked)
        {
            mask *= 1 / 255f;
            Wide3 white = new(Vector4.One);
            albedo *= white + ((tint - white) * Wide.Saturate((mask - half) * 2));
            gloss = Wide.Saturate(one - (mask * 2)) * 0.8f;
        }
        else
        {
            albedo *= tint;
        }
        if (_wet > 0)
            albedo *= 1 - (0.5f * _wet);

        Wide3 ground = new(_light.GroundLight), sunColour = new(_light.SunColour);
        Wide3 ambient = (ground + ((new Wide3(_light.SkyLight) - ground) * (half + (normal.Z * 0.5f)))) * open;
        Vector256<float> direct = Wide.Max(sun, 0);
        if (_info.Translucency > 0)
        {
            // Leaves: light wraps around and shines through.
            direct = Wide.Saturate((sun * 0.6f) + Vector256.Create(0.3f)) + (Wide.Max(-sun, 0) * _info.Translucency);
            direct *= Vector256.Create(0.35f) + (open * 0.65f);
        }
        Wide3 colour = albedo * (ambient + (sunColour * (direct * shadow)));

        if (_info.Masked || _info.Gloss > 0 || _info.Highlight > 0 || _wet > 0)
            colour = Mirror(colour, texel.Y, normal, gloss, sunColour, shadow, open);
        if (_emission > 0)
            colour += tint * _emission;

        Vector256<float> distance = Wide.Max(Vector256.Sqrt(Wide3.Dot(way, way)) - Vector256.Create(_light.HazeStart), 0) * _light.Haze;
        Vector256<float> clear = one / (one + (distance * (one + (distance * (half + (distance * (1 / 6f)))))));
        colour = _haze + ((colour - _haze) * clear);
        return ToneCurve.Encode(colour * _light.Exposure);
    }

    /// <summary>Adds what a surface mirrors: the sky in paint, glass and puddles, and the sun.</summary>
    private Wide3 Mirror(
        Wide3 colour, Vector256<float> green, in Wide3 normal, Vector256<float> gloss, in Wide3 sunColour, Vector256<float> shadow,
        Vector256<float> open)
    {
        Vector256<float> zero = Vector256<float>.Zero, one = Vector256<float>.One;
        Wide3 view = new(_view);
        Vector256<float> facing = Wide3.Dot(view, normal);
        Wide3 mirrored = view - (normal * (facing * 2)), sky = _light.Backdrop(mirrored);
        Vector256<float> rim = one - Wide.Min(Vector256.Abs(facing), 1), rim2 = rim * rim, fresnel = rim2 * rim2 * rim;
        Vector256<float> glossy = Vector256.GreaterThan(gloss, zero);
        if (glossy != zero)
        {
            Vector256<float> share = (gloss * (Vector256.Create(0.06f) + (fresnel * 0.94f))) + (gloss * gloss * 0.10f);
            Wide3 seen = Wide3.Select(
                Vector256.GreaterThan(mirrored.Z, zero), sky * Wide.SmoothStep(-0.02f, 0.35f, mirrored.Z), new Wide3(Vector4.Zero));
            seen += new Wide3(_light.GroundLight) * (Wide.SmoothStep(0.35f, -0.1f, mirrored.Z) * 0.45f);
            colour = Wide3.Select(glossy, colour + ((seen - colour) * Wide.Min(share * open, 0.55f)), colour);
        }
        if (_wet > 0)
        {
            Vector256<float> film = (Vector256.Create(0.03f) + (fresnel * 0.75f)) * _wet
                * (Vector256.Create(0.45f) + ((one - (green * (1 / 255f))) * 0.55f));
            Vector256<float> level = Vector256.GreaterThan(normal.Z, Vector256.Create(0.7f));
            colour = Wide3.Select(level, colour + (((sky * 0.8f) - colour) * Wide.Min(film * 1.4f, 0.75f)), colour);
        }
        Vector256<float> highlight = Vector256.Create(_info.Highlight) + (gloss * 0.5f) + Vector256.Create(_wet * 0.3f);
        Vector256<float> toSun = Wide.Max(Wide3.Dot(mirrored, new(_light.Sun)), 0);
        toSun *= toSun;
        toSun *= toSun;
        toSun *= toSun;
        Vector256<float> sharp = toSun * toSun;
        sharp *= sharp;
        return colour + (sunColour * (shadow * highlight * ((toSun * 0.03f) + (sharp * 0.45f))));
    }
}
