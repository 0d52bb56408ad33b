using System.Numerics;

namespace EdgeSimToReal.Town.Scene;

/// <summary>
/// Bodies of cars and vans: cross-sections along the length joined by panels. A vehicle's x points forward, y right, z up, the origin
/// lies on the ground below the middle.
/// </summary>
internal static class CarMeshes
{
    private const uint DarkPlastic = 0x26282A;
    private const uint GlassTint = 0x1C2428;

    /// <summary>One cross-section: heights of sill, shoulder and roof, half widths at shoulder and roof.</summary>
    private readonly record struct Section(float X, float Low, float Belt, float Width, float Top, float TopWidth);

    public static Mesh Sedan() => Build(
        [
            new(-2.33f, 0.42f, 0.72f, 0.74f, 0.72f, 0.58f), new(-2.22f, 0.30f, 0.93f, 0.84f, 0.95f, 0.64f), new(-1.72f, 0.24f, 0.98f, 0.90f, 1.00f, 0.66f),
            new(-0.98f, 0.22f, 0.95f, 0.92f, 1.40f, 0.58f), new(-0.28f, 0.22f, 0.93f, 0.92f, 1.45f, 0.60f), new(-0.20f, 0.22f, 0.93f, 0.92f, 1.45f, 0.60f),
            new(0.42f, 0.22f, 0.92f, 0.92f, 1.42f, 0.58f), new(1.12f, 0.22f, 0.93f, 0.91f, 0.95f, 0.68f), new(1.95f, 0.24f, 0.80f, 0.86f, 0.82f, 0.60f),
            new(2.25f, 0.30f, 0.66f, 0.78f, 0.68f, 0.56f), new(2.35f, 0.38f, 0.56f, 0.68f, 0.57f, 0.5f),
        ], "hhwgpgwhhh", 1.38f, -1.36f, 0.325f);

    public static Mesh Hatchback() => Build(
        [
            new(-1.92f, 0.42f, 0.80f, 0.76f, 0.82f, 0.60f), new(-1.86f, 0.30f, 0.95f, 0.84f, 0.98f, 0.64f), new(-1.42f, 0.24f, 0.97f, 0.87f, 1.42f, 0.56f),
            new(-0.42f, 0.22f, 0.95f, 0.88f, 1.50f, 0.60f), new(-0.34f, 0.22f, 0.95f, 0.88f, 1.50f, 0.60f), new(0.36f, 0.22f, 0.94f, 0.88f, 1.47f, 0.58f),
            new(1.06f, 0.22f, 0.94f, 0.87f, 0.97f, 0.66f), new(1.62f, 0.26f, 0.82f, 0.82f, 0.84f, 0.58f), new(1.88f, 0.34f, 0.66f, 0.74f, 0.67f, 0.54f),
            new(1.95f, 0.40f, 0.56f, 0.66f, 0.57f, 0.48f),
        ], "hwgpgwhhh", 1.2f, -1.2f, 0.30f);

    public static Mesh OffRoader() => Build(
        [
            new(-2.28f, 0.50f, 0.90f, 0.84f, 0.92f, 0.66f), new(-2.24f, 0.40f, 1.08f, 0.92f, 1.11f, 0.70f), new(-1.95f, 0.34f, 1.10f, 0.95f, 1.70f, 0.68f),
            new(-1.05f, 0.32f, 1.08f, 0.97f, 1.78f, 0.72f), new(-0.95f, 0.32f, 1.08f, 0.97f, 1.78f, 0.72f), new(-0.18f, 0.32f, 1.07f, 0.97f, 1.78f, 0.72f),
            new(-0.10f, 0.32f, 1.07f, 0.97f, 1.78f, 0.72f), new(0.55f, 0.32f, 1.06f, 0.97f, 1.72f, 0.68f), new(1.10f, 0.32f, 1.06f, 0.96f, 1.09f, 0.76f),
            new(2.0f, 0.36f, 0.98f, 0.93f, 1.0f, 0.72f), new(2.24f, 0.42f, 0.84f, 0.86f, 0.85f, 0.66f), new(2.3f, 0.5f, 0.7f, 0.8f, 0.71f, 0.6f),
        ], "hwgpgpgwhhh", 1.42f, -1.4f, 0.38f);

    public static Mesh Van() => Build(
        [
            new(-2.74f, 0.45f, 1.10f, 0.92f, 1.98f, 0.84f), new(-2.68f, 0.32f, 1.15f, 0.98f, 2.08f, 0.88f), new(-0.6f, 0.30f, 1.15f, 1.0f, 2.14f, 0.90f),
            new(0.55f, 0.30f, 1.15f, 1.0f, 2.12f, 0.88f), new(0.62f, 0.30f, 1.15f, 1.0f, 2.12f, 0.88f), new(1.30f, 0.30f, 1.14f, 0.99f, 2.02f, 0.82f),
            new(2.05f, 0.30f, 1.12f, 0.97f, 1.16f, 0.78f), new(2.58f, 0.36f, 0.94f, 0.9f, 0.97f, 0.68f), new(2.74f, 0.44f, 0.72f, 0.82f, 0.73f, 0.6f),
        ], "ppppgwhh", 1.75f, -1.65f, 0.34f);

    private static Mesh Build(Section[] sections, string kinds, float frontAxle, float rearAxle, float wheel)
    {
        var builder = new MeshBuilder { Tag = TownTag.Car };
        int first = builder.VertexCount;
        for (int i = 0; i + 1 < sections.Length; i++)
        {
            foreach (int side in (ReadOnlySpan<int>)[-1, 1])
                Panels(builder, sections[i], sections[i + 1], kinds[i], side);
        }
        Cap(builder, sections[0], -1);
        Cap(builder, sections[^1], 1);
        builder.Smooth(first, 0.72f);
        float width = sections.Max(section => section.Width);
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            foreach (float axle in (ReadOnlySpan<float>)[frontAxle, rearAxle])
            {
                // A dark opening; the wheel itself is a part of its own.
                builder.Use(Material.Rubber, TownTag.Car, 0x0C0D0E);
                builder.Disc(new(axle, side * (width + 0.004f), wheel + 0.04f), Vector3.UnitY * side, Vector3.UnitX, wheel + 0.085f, 14);
            }
        }
        Trim(builder, sections, kinds);
        return builder.Build();
    }

    private static Vector3[] Ring(in Section s, int side) =>
    [
        new(s.X, side * s.Width * 0.88f, s.Low), new(s.X, side * s.Width, s.Low + ((s.Belt - s.Low) * 0.34f)),
        new(s.X, side * s.Width, s.Low + ((s.Belt - s.Low) * 0.74f)), new(s.X, side * s.Width * 0.965f, s.Belt), new(s.X, side * s.TopWidth, s.Top - (s.Top > s.Belt + 0.1f ? 0.05f : 0.005f)),
        new(s.X, 0, s.Top + (s.Top > s.Belt + 0.1f ? 0.02f : 0.03f)),
    ];

    private static void Panels(MeshBuilder builder, in Section a, in Section b, char kind, int side)
    {
        Vector3[] p = Ring(a, side), q = Ring(b, side);
        Vector3 outward = new(0, side, 0.35f);
        for (int k = 0; k < 5; k++)
        {
            bool glass = (k == 3 && kind == 'g') || (k == 4 && kind == 'w');
            bool tall = MathF.Max(a.Top - a.Belt, b.Top - b.Belt) > 0.1f;
            bool pillarFill = k == 3 && kind == 'w' && tall;
            if (k == 0)
                builder.Use(Material.Rubber, TownTag.Car, DarkPlastic);
            else if (glass)
                builder.Use(Material.Glass, TownTag.Car, GlassTint);
            else if (pillarFill)
                builder.Use(Material.Glass, TownTag.Car, 0x24282A);
            else
                builder.Use(Material.CarPaint, TownTag.Car);
            Vector3 hint = k == 4 ? Vector3.UnitZ : k == 0 ? new Vector3(0, side, -0.2f) : outward;
            float ambientLow = 0.55f + (0.12f * k), ambientHigh = 0.67f + (0.12f * k);
            builder.Quad(p[k], q[k], q[k + 1], p[k + 1], hint, 0, 0, 1, 1, MathF.Min(1, ambientLow), MathF.Min(1, ambientHigh));
        }
    }

    /// <summary>Closes the body's end.</summary>
    private static void Cap(MeshBuilder builder, in Section s, int end)
    {
        Vector3[] left = Ring(s, -1), right = Ring(s, 1);
        bool van = s.Top > s.Belt + 0.5f;
        for (int k = 0; k < 5; k++)
        {
            bool window = van && k == 3;
            builder.Use(window ? Material.Glass : k == 0 ? Material.Rubber : Material.CarPaint, TownTag.Car, window ? GlassTint : k == 0 ? DarkPlastic : 0xFFFFFFu);
            builder.Quad(left[k], right[k], right[k + 1], left[k + 1], Vector3.UnitX * end, 0, 0, 1, 1, 0.7f, 0.85f);
        }
    }

    /// <summary>Lamps, plates, grille, bumpers, mirrors, door gaps.</summary>
    private static void Trim(MeshBuilder builder, Section[] sections, string kinds)
    {
        Section rear = sections[1], front = sections[^2];
        float back = sections[0].X, nose = sections[^1].X;
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            float y = side * rear.Width * 0.78f, half = 0.16f, z = rear.Low + ((rear.Belt - rear.Low) * 0.70f);
            builder.Use(Material.TailLight, TownTag.Car, 0xB01418);
            builder.Quad(new(back - 0.015f, y - half, z - 0.075f), new(back - 0.015f, y + half, z - 0.075f), new(back - 0.015f, y + half, z + 0.075f),
                new(back - 0.015f, y - half, z + 0.075f), -Vector3.UnitX, 0, 0, 1, 1);
            y = side * front.Width * 0.72f;
            z = front.Low + ((front.Belt - front.Low) * 0.78f);
            builder.Use(Material.HeadLight, TownTag.Car, 0xE8ECF0);
            builder.Quad(new(nose - 0.02f, y - 0.17f, z - 0.08f), new(nose - 0.02f, y + 0.17f, z - 0.08f), new(front.X + 0.03f, y + 0.17f, z + 0.08f),
                new(front.X + 0.03f, y - 0.17f, z + 0.08f), new Vector3(1, 0, 0.4f), 0, 0, 1, 1);
            int windscreen = kinds.LastIndexOf('w');
            Section mirror = sections[windscreen];
            builder.Use(Material.CarPaint, TownTag.Car);
            builder.Box(new(mirror.X + 0.30f, (side * (mirror.Width + 0.07f)) - 0.09f, mirror.Belt), new(mirror.X + 0.42f, (side * (mirror.Width + 0.07f)) + 0.09f, mirror.Belt + 0.15f),
                bottom: true);
            // Gaps between doors.
            builder.Use(Material.Rubber, TownTag.Car, 0x101214);
            for (int i = 0; i < kinds.Length; i++)
            {
                if (kinds[i] is not ('g' or 'p'))
                    continue;
                Section s = sections[i];
                float w = side * (s.Width + 0.003f);
                builder.Quad(new(s.X - 0.008f, w, s.Low + 0.15f), new(s.X + 0.008f, w, s.Low + 0.15f), new(s.X + 0.008f, w, s.Belt - 0.1f), new(s.X - 0.008f, w, s.Belt - 0.1f),
                    Vector3.UnitY * side, 0, 0, 1, 1);
            }
        }
        builder.Use(Material.Rubber, TownTag.Car, 0x16181A);
        float grille = front.Low + ((front.Belt - front.Low) * 0.55f);
        builder.Quad(new(nose + 0.012f, -0.38f, grille - 0.09f), new(nose + 0.012f, 0.38f, grille - 0.09f), new(nose + 0.012f, 0.38f, grille + 0.06f),
            new(nose + 0.012f, -0.38f, grille + 0.06f), Vector3.UnitX, 0, 0, 1, 1);
        builder.Box(new(nose - 0.15f, -front.Width * 0.8f, front.Low + 0.02f), new(nose + 0.04f, front.Width * 0.8f, front.Low + 0.16f), bottom: true);
        builder.Box(new(back - 0.05f, -rear.Width * 0.9f, rear.Low + 0.03f), new(back + 0.1f, rear.Width * 0.9f, rear.Low + 0.2f), bottom: true);
        builder.Use(Material.NumberPlate, TownTag.Car);
        float plate = rear.Low + ((rear.Belt - rear.Low) * 0.42f);
        builder.Tint = 0xF0F0EC;
        builder.Quad(new(back - 0.055f, 0.26f, plate - 0.06f), new(back - 0.055f, -0.26f, plate - 0.06f), new(back - 0.055f, -0.26f, plate + 0.06f),
            new(back - 0.055f, 0.26f, plate + 0.06f), -Vector3.UnitX, 0, 1, 1, 0);
    }
}
