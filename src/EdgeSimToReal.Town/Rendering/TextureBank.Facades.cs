using EdgeSimToReal.Town.Scene;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <content>
/// House fronts: four bays by four storeys a repeat, so that neighbouring windows differ. Alpha is a mask: 255 wall (takes the
/// building's tint), 128 frames and sills (own colour), 0 glass (mirrors the sky).
/// </content>
internal sealed partial class TextureBank
{
    private const int Bay = 128;

    private static uint FacadeFlat(int x, int y)
    {
        float wall = 0.86f + (0.12f * (Fractal(x / 512f, y / 512f, 4, 5, 201) - 0.5f)) + (0.03f * Grain(x, y, 202));
        float fv = (y & 127) / 128f;
        // A string course between storeys, with a thin shadow below it.
        if (fv > 0.955f)
            wall *= 1.06f;
        else if (fv < 0.02f)
            wall *= 0.78f;
        return Window(x, y, Grey(wall), left: 0.24f, right: 0.76f, top: 0.20f, bottom: 0.74f, panes: 2, crossbar: 0.34f, 203);
    }

    private static uint FacadeBrick(int x, int y)
    {
        uint wall = BrickWall(x, y, 512, 32, 64);
        float fv = (y & 127) / 128f, fu = (x & 127) / 128f;
        bool lintel = fu is > 0.24f and < 0.76f && fv is > 0.11f and < 0.18f;
        if (lintel)
            wall = Grey(0.78f + (0.06f * Grain(x, y, 211)), 128);
        return Window(x, y, wall, left: 0.29f, right: 0.71f, top: 0.18f, bottom: 0.76f, panes: 2, crossbar: 0.5f, 213);
    }

    private static uint FacadeOffice(int x, int y)
    {
        float fv = (y & 127) / 128f;
        float wall = 0.80f + (0.10f * (Fractal(x / 512f, y / 512f, 8, 4, 221) - 0.5f));
        if (fv is > 0.93f or < 0.06f)
            wall *= 0.88f;
        if ((x & 127) is < 2 or > 125)
            wall *= 0.75f;
        return Window(x, y, Grey(wall), left: 0.05f, right: 0.95f, top: 0.16f, bottom: 0.80f, panes: 3, crossbar: 2, 223);
    }

    private static uint FacadeOld(int x, int y)
    {
        float fv = (y & 127) / 128f, fu = (x & 127) / 128f;
        float wall = 0.80f + (0.16f * (Fractal(x / 512f, y / 512f, 6, 5, 231) - 0.5f)) + (0.03f * Grain(x, y, 232));
        bool moulding = (fu is > 0.23f and < 0.77f && fv is > 0.10f and < 0.86f) && !(fu is > 0.29f and < 0.71f && fv is > 0.17f and < 0.80f);
        bool cap = fu is > 0.19f and < 0.81f && fv is > 0.07f and < 0.12f;
        if (cap)
            return Grey(0.92f, 160);
        if (fv is > 0.12f and < 0.14f && fu is > 0.19f and < 0.81f)
            return Grey(0.50f, 160);
        uint face = moulding ? Grey(0.90f, 150) : Grey(wall);
        return Window(x, y, face, left: 0.32f, right: 0.68f, top: 0.19f, bottom: 0.79f, panes: 2, crossbar: 0.3f, 233);
    }

    private static uint Window(
        int x, int y, uint wall, float left, float right, float top, float bottom, int panes, float crossbar, uint salt)
    {
        int cell = x / Bay, storey = y / Bay;
        float fu = (x % Bay) / (float)Bay, fv = (y % Bay) / (float)Bay;
        float u = (fu - left) / (right - left), v = (fv - top) / (bottom - top);
        bool sill = fv > bottom && fv < bottom + 0.035f && fu > left - 0.03f && fu < right + 0.03f;
        if (sill)
            return Grey(0.84f, 128);
        if (fv >= bottom + 0.035f && fv < bottom + 0.07f && fu > left - 0.03f && fu < right + 0.03f)
            return Scale(wall, 0.72f);
        if (u is < 0 or > 1 || v is < 0 or > 1)
        {
            // Rain has drawn faint streaks below the sills.
            float streak = fv > bottom && fu > left && fu < right ? 0.10f * Noise(x / 512f, 0, 64, salt) * (1 - ((fv - bottom) / (1 - bottom))) : 0;
            return Scale(wall, 1 - streak);
        }
        float width = right - left, height = bottom - top;
        float du = MathF.Min(u, 1 - u) * width, dv = MathF.Min(v, 1 - v) * height;
        float paneU = u * panes - MathF.Floor(u * panes);
        bool bar = MathF.Min(paneU, 1 - paneU) * width / panes < 0.012f || MathF.Abs(v - crossbar) * height < 0.012f;
        if (du < 0.024f || dv < 0.024f || bar)
            return Grey(v < 0.06f ? 0.55f : 0.80f, 128);
        float kind = StableRandom.Lattice(cell, storey, salt);
        float shade = 0.55f + (0.45f * v);
        if (v * height < 0.07f || u * width < 0.05f)
            shade *= 0.55f;
        if (kind < 0.30f && MathF.Abs(u - 0.5f) > 0.22f + (0.1f * Noise(0, v, 4, salt)))
        {
            float fold = 0.62f + (0.14f * Noise(u, v * 0.1f, 48, salt + 3));
            return Rgb(fold * shade, fold * 0.97f * shade, fold * 0.88f * shade, 70);
        }
        if (kind is > 0.30f and < 0.45f && v < 0.3f + (0.5f * StableRandom.Lattice(cell, storey, salt + 1)))
        {
            float slat = ((y & 3) == 0 ? 0.48f : 0.62f) * shade;
            return Rgb(slat, slat, slat * 0.95f, 80);
        }
        float inside = (0.16f + (0.10f * StableRandom.Lattice(cell, storey, salt + 2)) + (0.08f * Fractal(x / 512f, y / 512f, 12, 2, salt))) * shade;
        return Rgb(inside * 0.9f, inside, inside * 1.1f, 0);
    }

    // Two shops a repeat, one storey high: glazing between pillars under a sign board that takes the tint.
    private static uint ShopFront(int x, int y)
    {
        float u = (x & 255) / 256f, v = y / 512f;
        float noise = 0.06f * (Fractal(x / 512f, v, 8, 4, 241) - 0.5f);
        if (u is < 0.04f or > 0.96f)
            return Grey(0.72f + noise, 160);
        if (v < 0.20f)
        {
            bool glyph = v is > 0.06f and < 0.15f && u is > 0.15f and < 0.85f && StableRandom.Lattice((int)(u * 22) + (x / 256 * 31), 3, 242) > 0.25f
                && StableRandom.Lattice(x / 5, y / 12, 243) > 0.35f;
            return glyph ? Grey(0.95f, 128) : Grey(0.75f + noise);
        }
        if (v < 0.23f)
            return Grey(0.35f, 128);
        if (v > 0.86f)
            return Grey(0.45f + noise, 160);
        bool doorway = u is > 0.62f and < 0.84f;
        float pane = doorway ? (u - 0.62f) / 0.22f : u is < 0.62f ? u / 0.31f % 1 : (u - 0.84f) / 0.12f;
        if (MathF.Min(pane, 1 - pane) * (doorway ? 0.22f : 0.31f) < 0.010f || v < 0.25f || v > 0.84f || (doorway && MathF.Abs(v - 0.34f) < 0.008f))
            return Rgb(0.42f, 0.43f, 0.44f, 128);
        float goods = Fractal(x / 512f, v, 16, 3, 245);
        float lit = 0.20f + (0.30f * goods * SmoothStep(0.3f, 0.8f, v));
        float hue = StableRandom.Lattice((int)(u * 12) + (x / 256), (int)(v * 9), 246);
        return Rgb(lit * (0.8f + (0.4f * hue)), lit * 0.95f, lit * (1.15f - (0.4f * hue)), 25);
    }

    private static uint Scale(uint colour, float factor) => Rgb(
        ((colour >> 16) & 255) / 255f * factor, ((colour >> 8) & 255) / 255f * factor, (colour & 255) / 255f * factor, colour >> 24);
}
