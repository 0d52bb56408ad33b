using System.Numerics;

namespace EdgeSimToReal.Town.Scene;

/// <summary>Bodies of trucks and buses, wheels, and two-wheelers without their riders.</summary>
internal static class LargeVehicleMeshes
{
    private const uint GlassTint = 0x1C2428;

    public static Mesh Truck()
    {
        var b = new MeshBuilder();
        // Chassis, cab with sloped windscreen, box.
        b.Use(Material.Rubber, TownTag.Truck, 0x1A1C1E).Box(new(-4.0f, -0.5f, 0.55f), new(3.6f, 0.5f, 0.95f), bottom: true);
        b.Box(new(3.2f, -1.15f, 0.35f), new(4.1f, 1.15f, 0.8f), bottom: true);
        int first = b.VertexCount;
        b.Use(Material.CarPaint, TownTag.Truck);
        Prism(b, 2.35f, 4.05f, 3.85f, 1.18f, 0.75f, 2.75f);
        b.Smooth(first, 0.9f);
        b.Use(Material.Glass, TownTag.Truck, GlassTint);
        b.Quad(new(4.00f, -1.05f, 1.6f), new(4.00f, 1.05f, 1.6f), new(3.885f, 1.0f, 2.5f), new(3.885f, -1.0f, 2.5f), Vector3.UnitX, 0, 0, 1, 1);
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            b.Use(Material.Glass, TownTag.Truck, GlassTint);
            b.Quad(new(2.7f, side * 1.19f, 1.65f), new(3.75f, side * 1.19f, 1.65f), new(3.65f, side * 1.19f, 2.45f), new(2.7f, side * 1.19f, 2.45f), Vector3.UnitY * side, 0, 0, 1, 1);
            b.Use(Material.Rubber, TownTag.Truck, 0x202224).Box(new(3.7f, (side * 1.4f) - 0.1f, 1.6f), new(3.85f, (side * 1.4f) + 0.1f, 2.2f), bottom: true);
            b.Use(Material.HeadLight, TownTag.Truck, 0xE8ECF0);
            b.Quad(new(4.11f, (side * 0.85f) - 0.18f, 0.5f), new(4.11f, (side * 0.85f) + 0.18f, 0.5f), new(4.11f, (side * 0.85f) + 0.18f, 0.68f), new(4.11f, (side * 0.85f) - 0.18f, 0.68f), Vector3.UnitX, 0, 0, 1, 1);
            b.Use(Material.TailLight, TownTag.Truck, 0xB01418);
            b.Quad(new(-4.12f, (side * 0.95f) - 0.16f, 0.75f), new(-4.12f, (side * 0.95f) + 0.16f, 0.75f), new(-4.12f, (side * 0.95f) + 0.16f, 0.9f), new(-4.12f, (side * 0.95f) - 0.16f, 0.9f), -Vector3.UnitX, 0, 0, 1, 1);
        }
        b.Use(Material.Plaster, TownTag.Truck, 0xE6E6E2).Box(new(-4.08f, -1.22f, 1.0f), new(2.2f, 1.22f, 3.3f), 3, bottom: true, ambientLow: 0.75f);
        b.Use(Material.CarPaint, TownTag.Truck);
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
            b.Quad(new(-4.0f, side * 1.226f, 1.7f), new(2.1f, side * 1.226f, 1.7f), new(2.1f, side * 1.226f, 2.2f), new(-4.0f, side * 1.226f, 2.2f), Vector3.UnitY * side, 0, 0, 1, 1);
        b.Use(Material.Rubber, TownTag.Truck, 0x303234);
        b.Quad(new(-4.085f, -0.012f, 1.05f), new(-4.085f, 0.012f, 1.05f), new(-4.085f, 0.012f, 3.25f), new(-4.085f, -0.012f, 3.25f), -Vector3.UnitX, 0, 0, 1, 1);
        return b.Build();
    }

    public static Mesh Bus()
    {
        var b = new MeshBuilder();
        int first = b.VertexCount;
        b.Use(Material.CarPaint, TownTag.Bus);
        Prism(b, -5.88f, 5.88f, 5.75f, 1.27f, 0.32f, 3.05f);
        b.Smooth(first, 0.9f);
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            float w = side * 1.278f;
            for (int i = 0; i < 7; i++)
            {
                float x = -5.5f + (i * 1.6f);
                bool door = side > 0 && i is 3 or 6;
                b.Use(Material.Glass, TownTag.Bus, GlassTint);
                b.Quad(new(x, w, door && side > 0 ? 0.45f : 1.35f), new(x + 1.48f, w, door && side > 0 ? 0.45f : 1.35f), new(x + 1.48f, w, 2.6f), new(x, w, 2.6f), Vector3.UnitY * side, 0, 0, 1, 1);
            }
            b.Use(Material.Rubber, TownTag.Bus, 0x202224);
            b.Quad(new(-5.85f, w, 0.35f), new(5.85f, w, 0.35f), new(5.85f, w, 0.5f), new(-5.85f, w, 0.5f), Vector3.UnitY * side, 0, 0, 1, 1);
            b.Use(Material.Plaster, TownTag.Bus, 0xE4E2DC);
            b.Quad(new(-5.85f, w, 1.0f), new(5.85f, w, 1.0f), new(5.85f, w, 1.12f), new(-5.85f, w, 1.12f), Vector3.UnitY * side, 0, 0, 1, 1);
            foreach (float axle in (ReadOnlySpan<float>)[3.2f, -3.0f])
                b.Use(Material.Rubber, TownTag.Bus, 0x0C0D0E).Disc(new(axle, side * 1.282f, 0.52f), Vector3.UnitY * side, Vector3.UnitX, 0.58f, 16);
            b.Use(Material.HeadLight, TownTag.Bus, 0xE8ECF0);
            b.Quad(new(5.9f, (side * 0.95f) - 0.2f, 0.62f), new(5.9f, (side * 0.95f) + 0.2f, 0.62f), new(5.9f, (side * 0.95f) + 0.2f, 0.85f), new(5.9f, (side * 0.95f) - 0.2f, 0.85f), Vector3.UnitX, 0, 0, 1, 1);
            b.Use(Material.TailLight, TownTag.Bus, 0xB01418);
            b.Quad(new(-5.9f, (side * 1.05f) - 0.14f, 0.7f), new(-5.9f, (side * 1.05f) + 0.14f, 0.7f), new(-5.9f, (side * 1.05f) + 0.14f, 1.15f), new(-5.9f, (side * 1.05f) - 0.14f, 1.15f), -Vector3.UnitX, 0, 0, 1, 1);
        }
        b.Use(Material.Glass, TownTag.Bus, GlassTint);
        b.Quad(new(5.885f, -1.15f, 1.15f), new(5.885f, 1.15f, 1.15f), new(5.80f, 1.12f, 2.55f), new(5.80f, -1.12f, 2.55f), Vector3.UnitX, 0, 0, 1, 1);
        b.Quad(new(-5.89f, -1.0f, 1.6f), new(-5.89f, 1.0f, 1.6f), new(-5.89f, 1.0f, 2.5f), new(-5.89f, -1.0f, 2.5f), -Vector3.UnitX, 0, 0, 1, 1);
        b.Use(Material.HeadLight, TownTag.Bus, 0xE8A020);
        b.Quad(new(5.81f, -0.9f, 2.65f), new(5.81f, 0.9f, 2.65f), new(5.78f, 0.9f, 2.9f), new(5.78f, -0.9f, 2.9f), Vector3.UnitX, 0, 0, 1, 1);
        b.Use(Material.Rubber, TownTag.Bus, 0x34383A).Box(new(-3.5f, -0.9f, 3.05f), new(-1.0f, 0.9f, 3.25f));
        return b.Build();
    }

    /// <summary>A wheel about its own axle (y), the outer face to +y and -y alike.</summary>
    public static Mesh Wheel(float radius, float width, TownTag tag)
    {
        var b = new MeshBuilder();
        Vector3 half = new(0, width / 2, 0);
        b.Use(Material.Rubber, tag, 0x1C1D1E).Bar(-half, half, radius, radius, 16);
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            b.Use(Material.Rubber, tag, 0x202122).Disc(half * side, Vector3.UnitY * side, Vector3.UnitX, radius, 16);
            b.Use(Material.Metal, tag, 0xA4A8AC).Disc((half * side) + new Vector3(0, side * 0.006f, 0), Vector3.UnitY * side, Vector3.UnitX, radius * 0.66f, 14);
            b.Use(Material.Rubber, tag, 0x2A2C2E);
            for (int i = 0; i < 5; i++)
            {
                float angle = 6.2831853f * i / 5;
                Vector3 at = new(radius * 0.42f * StableMath.Cos(angle), side * ((width / 2) + 0.012f), radius * 0.42f * StableMath.Sin(angle));
                b.Disc(at, Vector3.UnitY * side, Vector3.UnitX, radius * 0.15f, 6);
            }
        }
        return b.Build();
    }

    /// <summary>A thin spoked wheel.</summary>
    public static Mesh CycleWheel(float radius, float tyre, TownTag tag)
    {
        var b = new MeshBuilder();
        b.Use(Material.Rubber, tag, 0x202224);
        const int Pieces = 14;
        for (int i = 0; i < Pieces; i++)
        {
            float from = 6.2831853f * i / Pieces, to = 6.2831853f * (i + 1) / Pieces;
            b.Bar(new(radius * StableMath.Cos(from), 0, radius * StableMath.Sin(from)), new(radius * StableMath.Cos(to), 0, radius * StableMath.Sin(to)), tyre, tyre, 5);
        }
        b.Use(Material.Metal, tag, 0xB0B4B8);
        for (int i = 0; i < 6; i++)
        {
            float angle = 6.2831853f * i / 6;
            b.Bar(Vector3.Zero, new(radius * StableMath.Cos(angle), 0, radius * StableMath.Sin(angle)), tyre * 0.3f, tyre * 0.3f, 3);
        }
        return b.Build();
    }

    public static Mesh Motorcycle()
    {
        var b = new MeshBuilder();
        b.Use(Material.CarPaint, TownTag.Motorcycle);
        b.Ball(new(0.15f, 0, 0.86f), new(0.36f, 0.16f, 0.17f), 10, 7);
        b.Ball(new(-0.62f, 0, 0.84f), new(0.34f, 0.12f, 0.10f), 8, 6);
        b.Use(Material.Rubber, TownTag.Motorcycle, 0x202224).Ball(new(-0.3f, 0, 0.84f), new(0.36f, 0.15f, 0.08f), 8, 6);
        b.Use(Material.Metal, TownTag.Motorcycle, 0x6C7074).Box(new(-0.28f, -0.16f, 0.34f), new(0.28f, 0.16f, 0.7f), bottom: true);
        b.Bar(new(0.72f, 0, 0.32f), new(0.46f, 0, 1.0f), 0.05f, 0.04f, 6);
        b.Bar(new(0.42f, -0.34f, 1.06f), new(0.42f, 0.34f, 1.06f), 0.02f, 0.02f, 5);
        b.Bar(new(-0.72f, 0.13f, 0.36f), new(0.1f, 0.13f, 0.34f), 0.06f, 0.04f, 6);
        b.Use(Material.HeadLight, TownTag.Motorcycle, 0xE8ECF0).Ball(new(0.62f, 0, 0.92f), new(0.08f, 0.1f, 0.1f), 7, 5);
        b.Use(Material.TailLight, TownTag.Motorcycle, 0xB01418).Box(new(-0.98f, -0.08f, 0.82f), new(-0.93f, 0.08f, 0.9f), bottom: true);
        return b.Build();
    }

    public static Mesh Bicycle()
    {
        var b = new MeshBuilder();
        b.Use(Material.CarPaint, TownTag.Bicycle);
        Vector3 rear = new(-0.52f, 0, 0.34f), crank = new(-0.08f, 0, 0.3f), seat = new(-0.22f, 0, 0.86f), head = new(0.36f, 0, 0.88f), front = new(0.54f, 0, 0.34f);
        foreach ((Vector3 from, Vector3 to) in (ReadOnlySpan<(Vector3, Vector3)>)[(rear, crank), (rear, seat), (crank, seat), (crank, head), (seat, head), (head, front)])
            b.Bar(from, to, 0.022f, 0.022f, 5);
        b.Use(Material.Rubber, TownTag.Bicycle, 0x1C1E20).Box(new(-0.36f, -0.07f, 0.93f), new(-0.1f, 0.07f, 0.98f), bottom: true);
        b.Bar(new(0.38f, -0.28f, 1.02f), new(0.38f, 0.28f, 1.02f), 0.016f, 0.016f, 5);
        b.Bar(head, new(0.38f, 0, 1.02f), 0.018f, 0.018f, 5);
        return b.Build();
    }

    /// <summary>A box whose front leans back: the upper edge at <paramref name="frontTop"/>.</summary>
    private static void Prism(MeshBuilder b, float back, float front, float frontTop, float half, float low, float high)
    {
        Vector3 a0 = new(back, -half, low), a1 = new(back, half, low), c0 = new(back, -half * 0.96f, high), c1 = new(back, half * 0.96f, high);
        Vector3 f0 = new(front, -half, low), f1 = new(front, half, low), g0 = new(frontTop, -half * 0.96f, high), g1 = new(frontTop, half * 0.96f, high);
        b.Quad(a0, a1, c1, c0, -Vector3.UnitX, 0, 0, 1, 1, 0.7f);
        b.Quad(f0, f1, g1, g0, Vector3.UnitX, 0, 0, 1, 1, 0.7f);
        b.Quad(a0, f0, g0, c0, -Vector3.UnitY, 0, 0, 1, 1, 0.7f);
        b.Quad(a1, f1, g1, c1, Vector3.UnitY, 0, 0, 1, 1, 0.7f);
        b.Quad(c0, g0, g1, c1, Vector3.UnitZ, 0, 0, 1, 1);
        b.Quad(a0, f0, f1, a1, -Vector3.UnitZ, 0, 0, 1, 1, 0.3f, 0.3f);
    }
}
