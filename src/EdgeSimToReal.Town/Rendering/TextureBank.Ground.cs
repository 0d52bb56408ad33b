using EdgeSimToReal.Town.Scene;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <content>Ground, masonry and small surfaces.</content>
internal sealed partial class TextureBank
{
    private static uint Asphalt(int x, int y)
    {
        float u = x / 512f, v = y / 512f;
        float value = 0.47f + (0.16f * (Fractal(u, v, 4, 4, 11) - 0.5f)) + (0.10f * (Noise(u, v, 128, 15) - 0.5f)) + (0.10f * Grain(x, y, 12));
        // Cracks follow a warped noise contour; patches of fresher asphalt are darker.
        float warp = Fractal(u, v, 6, 4, 21);
        float crack = MathF.Abs(Noise(u + (0.08f * warp), v - (0.05f * warp), 3, 25) - 0.5f);
        if (crack < 0.006f)
            value -= 0.15f * Noise(u, v, 8, 29);
        value -= 0.05f * SmoothStep(0.62f, 0.66f, Noise(u, v, 3, 33));
        return Rgb(value * 1.01f, value, value * 0.985f);
    }

    private static uint LanePaint(int x, int y)
    {
        float u = x / 256f, v = y / 256f;
        float wear = Fractal(u, v, 8, 4, 41) + (0.25f * Grain(x, y, 42));
        float value = 0.95f - (0.10f * Fractal(u, v, 16, 2, 44)) - (0.30f * SmoothStep(0.62f, 0.80f, wear));
        return Grey(value);
    }

    // Two by two slabs a repeat.
    private static uint Paving(int x, int y)
    {
        float u = x / 256f, v = y / 256f;
        int cx = x / 128, cy = y / 128, ix = x & 127, iy = y & 127;
        float value = 0.56f + (0.07f * (StableRandom.Lattice(cx, cy, 51) - 0.5f)) + (0.14f * (Fractal(u, v, 8, 4, 52) - 0.5f)) + (0.07f * Grain(x, y, 53));
        if (ix < 3 || iy < 3)
            value *= 0.72f;
        value -= 0.08f * SmoothStep(0.64f, 0.7f, Noise(u, v, 9, 55));
        return Rgb(value * 1.02f, value, value * 0.96f);
    }

    private static uint Concrete(int x, int y)
    {
        float u = x / 256f, v = y / 256f;
        float value = 0.60f + (0.2f * (Fractal(u, v, 4, 5, 61) - 0.5f)) + (0.06f * Grain(x, y, 62));
        return Rgb(value, value * 0.99f, value * 0.96f);
    }

    private static uint Grass(int x, int y)
    {
        float u = x / 256f, v = y / 256f;
        float patch = Fractal(u, v, 4, 4, 71), blade = Noise(u, v, 128, 75), grain = StableRandom.Lattice(x, y, 76);
        float light = 0.55f + (0.5f * (patch - 0.5f)) + (0.35f * (blade - 0.5f)) + (0.28f * (grain - 0.5f));
        float dry = SmoothStep(0.5f, 0.75f, Fractal(u, v, 5, 3, 79));
        return Rgb(light * Lerp(0.52f, 0.72f, dry), light * Lerp(0.68f, 0.66f, dry), light * Lerp(0.26f, 0.36f, dry));
    }

    private static uint Soil(int x, int y)
    {
        float value = 0.45f + (0.3f * (Fractal(x / 256f, y / 256f, 6, 5, 81) - 0.5f)) + (0.12f * Grain(x, y, 82));
        return Rgb(value, value * 0.88f, value * 0.70f);
    }

    private static uint Brick(int x, int y) => BrickWall(x, y, 256, 8, 16);

    /// <summary>Running bond in neutral light tones: the tint gives the brick its colour.</summary>
    private static uint BrickWall(int x, int y, int size, int across, int rows)
    {
        float u = (float)x / size, v = (float)y / size;
        float row = v * rows;
        int iy = (int)row;
        float column = (u * across) + ((iy & 1) * 0.5f);
        int ix = Wrap((int)MathF.Floor(column), across);
        float fx = column - MathF.Floor(column), fy = row - iy;
        bool mortar = fx < 0.06f || fy < 0.13f;
        float noise = 0.16f * (Fractal(u, v, 16, 3, 91) - 0.5f);
        if (mortar)
            return Grey(0.70f + noise);
        float value = 0.66f + (0.34f * (StableRandom.Lattice(ix, iy, 92) - 0.5f)) + noise + (0.08f * Grain(x, y, 93));
        return Rgb(value, value * 0.98f, value * 0.96f);
    }

    private static uint Plaster(int x, int y)
    {
        float u = x / 256f, v = y / 256f;
        float value = 0.84f + (0.16f * (Fractal(u, v, 3, 5, 101) - 0.5f)) + (0.04f * Grain(x, y, 102));
        return Grey(value);
    }

    private static uint Stone(int x, int y)
    {
        float u = x / 256f, v = y / 256f;
        int row = y / 64;
        int shifted = (x + (row * 37 % 64)) & 255;
        int ix = shifted / 64, fx = shifted & 63, fy = y & 63;
        float value = 0.60f + (0.18f * (StableRandom.Lattice(ix, row, 111) - 0.5f)) + (0.3f * (Fractal(u, v, 8, 4, 112) - 0.5f)) + (0.08f * Grain(x, y, 113));
        if (fx < 3 || fy < 3)
            value *= 0.6f;
        return Rgb(value, value * 0.98f, value * 0.95f);
    }

    private static uint RoofTiles(int x, int y)
    {
        int row = y / 16, fy = y & 15, fx = (x + ((row & 1) * 8)) & 15, ix = ((x + ((row & 1) * 8)) & 127) / 16;
        float value = 0.75f + (0.25f * (StableRandom.Lattice(ix, row, 121) - 0.5f)) + (0.12f * Grain(x, y, 122));
        value *= 0.7f + (0.3f * fy / 15f);
        return Grey(fx < 1 ? value * 0.7f : value);
    }

    private static uint Door(int x, int y)
    {
        float u = x / 128f, v = y / 128f;
        bool frame = u < 0.07f || u > 0.93f || v < 0.05f;
        if (frame)
            return Grey(0.86f, 128);
        bool pane = u is > 0.22f and < 0.78f && v is > 0.12f and < 0.42f;
        if (pane)
            return Rgb(0.16f, 0.19f, 0.22f, 20);
        bool panel = u is > 0.2f and < 0.8f && v is (> 0.5f and < 0.68f) or (> 0.74f and < 0.93f);
        if (u is > 0.82f and < 0.88f && v is > 0.52f and < 0.57f)
            return Rgb(0.8f, 0.7f, 0.4f, 128);
        return Grey((panel ? 0.62f : 0.78f) + (0.08f * Grain(x / 2, y, 131)));
    }

    private static uint Wood(int x, int y)
    {
        float u = x / 128f, v = y / 128f;
        float value = 0.6f + (0.3f * (Noise(u, v * 0.25f, 32, 141) - 0.5f)) + (0.2f * (Fractal(u, v, 4, 4, 142) - 0.5f));
        if ((x & 31) < 2)
            value *= 0.5f;
        return Rgb(value, value * 0.8f, value * 0.58f);
    }

    private static uint NumberPlate(int x, int y)
    {
        bool glyph = y is > 18 and < 46 && x is > 6 and < 58 && (x % 9) is > 1 and < 7 && StableRandom.Lattice(x / 3, y / 6, 151) > 0.4f;
        return glyph ? Grey(0.1f) : Grey(0.9f);
    }

    private static uint Cloth(int x, int y) => Grey(0.86f + (0.2f * (Fractal(x / 64f, y / 64f, 4, 3, 161) - 0.5f)) + (0.05f * Grain(x, y, 162)));

    // Alpha: how thick the cloud is; red: its lit side.
    private static uint Clouds(int x, int y)
    {
        float u = x / 512f, v = y / 512f;
        float warp = Fractal(u, v, 4, 4, 171) - 0.5f;
        float thick = Fractal(u + (0.12f * warp), v + (0.12f * warp), 3, 7, 175);
        float lit = Saturate(0.5f + ((thick - Fractal(u + 0.012f + (0.12f * warp), v + 0.012f + (0.12f * warp), 3, 7, 175)) * 5));
        return Rgb(lit, thick, thick, (uint)(Saturate(thick) * 255));
    }
}
