using EdgeSimToReal.Town.Scene;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <content>Foliage, fences and signs; alpha below one half is a hole.</content>
internal sealed partial class TextureBank
{
    private static readonly (float X, float Y, float Angle, float Size, float Tone)[] LeafList = Scatter(260, 301);

    private static (float X, float Y, float Angle, float Size, float Tone)[] Scatter(int count, ulong seed)
    {
        var random = new StableRandom(seed);
        var list = new (float, float, float, float, float)[count];
        for (int i = 0; i < count; i++)
        {
            // Denser towards the middle of the card, none at its rim.
            float angle = random.Range(0, 6.2831f), r = 0.47f * MathF.Sqrt(random.Unit()) * random.Range(0.75f, 1);
            list[i] = (0.5f + (r * Cos(angle)), 0.5f + (r * Sin(angle)), random.Range(0, 6.2831f), random.Range(0.022f, 0.045f), random.Range(0.62f, 1.05f));
        }
        return list;
    }

    private static uint Leaves(int x, int y)
    {
        float u = x / 256f, v = y / 256f;
        uint found = Rgb(0.45f, 0.55f, 0.30f, 0);
        foreach ((float lx, float ly, float angle, float size, float tone) in LeafList)
        {
            float dx = u - lx, dy = v - ly;
            if ((dx * dx) + (dy * dy) > size * size)
                continue;
            float s = Sin(angle), c = Cos(angle);
            float along = ((dx * c) + (dy * s)) / size, across = ((dy * c) - (dx * s)) / size;
            if (MathF.Abs(across) < 0.55f * (1 - (along * along)))
            {
                float light = tone * (0.92f + (0.16f * MathF.Abs(across))) * (MathF.Abs(across) < 0.05f ? 1.12f : 1);
                found = Rgb(0.72f * light, 0.80f * light, 0.52f * light);
            }
        }
        return found;
    }

    // A conifer branch that points down the card: a stem with needles to both sides.
    private static uint Needles(int x, int y)
    {
        float u = x / 256f, v = y / 256f;
        float across = MathF.Abs(u - 0.5f) * 2;
        float width = 0.95f * MathF.Sqrt(Saturate(v * 1.2f)) * SmoothStep(1.0f, 0.80f, v) * (0.72f + (0.28f * Noise(u > 0.5f ? 0.7f : 0.2f, v, 14, 311)));
        float rows = (v * 22) + (across * 5);
        float row = rows - MathF.Floor(rows);
        float fine = Noise(u * 2, v * 2, 64, 312);
        bool inside = across < width && row < 0.60f + (0.35f * fine) && fine > 0.2f;
        float light = 0.55f + (0.35f * row) + (0.3f * (fine - 0.5f)) + (0.15f * across);
        return across < 0.03f && v < 0.9f ? Rgb(0.45f, 0.38f, 0.28f) : Rgb(0.62f * light, 0.85f * light, 0.55f * light, inside ? 255u : 0u);
    }

    private static uint Hedge(int x, int y)
    {
        float u = x / 256f, v = y / 256f;
        float coarse = Fractal(u, v, 12, 3, 321), fine = Noise(u, v, 96, 325), grain = StableRandom.Lattice(x / 2, y / 2, 326);
        float light = 0.30f + (0.75f * coarse * coarse) + (0.32f * (fine - 0.5f)) + (0.25f * (grain - 0.5f));
        return Rgb(0.70f * light, 0.88f * light, 0.48f * light);
    }

    private static uint Bark(int x, int y)
    {
        float u = x / 128f, v = y / 128f;
        float value = 0.30f + (0.45f * Fractal(u, v * 0.25f, 16, 3, 331)) * (0.7f + (0.5f * Noise(u, v, 16, 335)));
        return Rgb(value, value * 0.88f, value * 0.74f);
    }

    private static uint ChainLink(int x, int y)
    {
        int a = (x + y) & 15, b = (x - y) & 15;
        return a < 2 || b < 2 ? Rgb(0.62f, 0.64f, 0.65f) : Rgb(0.62f, 0.64f, 0.65f, 0);
    }

    private static uint Pickets(int x, int y)
    {
        float value = 0.80f + (0.2f * (Noise(x / 128f, y / 512f, 32, 341) - 0.5f));
        int fx = x & 15;
        bool rail = y is (> 24 and < 36) or (> 92 and < 104);
        bool picket = fx < 10 && y > 4 + (MathF.Abs(fx - 4.5f) * 2.2f);
        return Grey(picket ? value : value * 0.75f, picket || rail ? 255u : 0u);
    }

    private static uint SignStop(int x, int y)
    {
        float u = MathF.Abs((x + 0.5f) / 32f - 1), v = MathF.Abs((y + 0.5f) / 32f - 1);
        float edge = MathF.Max(MathF.Max(u, v), (u + v) * 0.7071f);
        if (edge > 0.97f)
            return Rgb(0.9f, 0.9f, 0.9f, 0);
        if (edge > 0.88f)
            return Grey(0.92f);
        bool letters = v < 0.26f && u < 0.72f && ((x + 3) % 12) is > 1 and < 10 && (((x + 3) % 12) is < 5 || ((y / 3) & 1) == 0);
        return letters ? Grey(0.95f) : Rgb(0.76f, 0.06f, 0.08f);
    }

    private static uint SignSpeed(int x, int y)
    {
        float dx = ((x + 0.5f) / 32f) - 1, dy = ((y + 0.5f) / 32f) - 1, r = MathF.Sqrt((dx * dx) + (dy * dy));
        if (r > 0.97f)
            return Grey(0.9f, 0);
        if (r > 0.74f)
            return Rgb(0.80f, 0.07f, 0.08f);
        // "30": two seven-segment figures.
        bool first = x is > 17 and < 30 && y is > 18 and < 46 && (x > 25 || y < 23 || y is > 29 and < 35 || y > 41);
        bool second = x is > 33 and < 47 && y is > 18 and < 46 && (x is < 38 or > 42 || y is < 23 or > 41);
        return first || second ? Grey(0.06f) : Grey(0.94f);
    }

    private static uint SignYield(int x, int y)
    {
        float u = (x + 0.5f) / 64f, v = (y + 0.5f) / 64f;
        float inside = MathF.Min(v - 0.06f, 0.46f - MathF.Abs(u - 0.5f) - (v * 0.5f));
        return inside < 0 ? Grey(0.9f, 0) : inside < 0.085f ? Rgb(0.80f, 0.07f, 0.08f) : Grey(0.94f);
    }

    private static uint SignParking(int x, int y)
    {
        if (x is < 2 or > 61 || y is < 2 or > 61)
            return Grey(0.9f);
        bool stem = x is > 20 and < 28 && y is > 12 and < 52;
        float dx = x - 31, dy = y - 23, r = (dx * dx) + (dy * dy * 1.4f);
        bool bowl = x >= 26 && r is < 180 and > 50;
        return stem || bowl ? Grey(0.95f) : Rgb(0.08f, 0.22f, 0.62f);
    }

    private static uint SignCrossing(int x, int y)
    {
        float u = (x + 0.5f) / 64f, v = (y + 0.5f) / 64f;
        float diamond = 0.49f - MathF.Abs(u - 0.5f) - MathF.Abs(v - 0.5f);
        if (diamond < 0)
            return Grey(0.9f, 0);
        bool figure = (MathF.Abs(u - 0.5f) < 0.05f && v is > 0.36f and < 0.58f) || (MathF.Abs(MathF.Abs(u - 0.5f) - ((v - 0.55f) * 0.5f)) < 0.035f && v is > 0.55f and < 0.72f)
            || (((u - 0.5f) * (u - 0.5f)) + ((v - 0.3f) * (v - 0.3f)) < 0.0022f);
        return diamond < 0.035f || figure ? Grey(0.07f) : Rgb(0.95f, 0.72f, 0.06f);
    }

    private static uint Billboard(int x, int y)
    {
        float u = x / 128f, v = y / 128f;
        if (u is < 0.03f or > 0.97f || v is < 0.04f or > 0.96f)
            return Grey(0.3f);
        float wave = Fractal(u, v, 3, 3, 351);
        bool text = v is > 0.62f and < 0.8f && StableRandom.Lattice(x / 4, y / 6, 352) > 0.45f;
        if (text)
            return Grey(0.96f);
        return wave > 0.55f ? Rgb(0.85f, 0.45f, 0.15f) : v > 0.55f ? Rgb(0.12f, 0.30f, 0.50f) : Rgb(0.55f, 0.72f, 0.85f);
    }
}
