using System.Numerics;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Scene;

/// <summary>People: a trunk, a head and limbs that hang from their joints. x forward, y right, z up; limbs start at their origin and point down.</summary>
internal sealed class PersonMeshes(TownTag tag)
{
    /// <summary>Parts that <see cref="Place"/> writes.</summary>
    public const int Parts = 9;

    private const float Hip = 0.90f;
    private const float Shoulder = 1.42f;
    private const float Thigh = 0.43f;
    private const float UpperArm = 0.29f;

    private static readonly uint[] Skins = [0xE0B090, 0xC89070, 0x8C5C40, 0x5C3C2C, 0xE8C0A4];
    private static readonly uint[] Trousers = [0x26304A, 0x1C1C20, 0x4A4438, 0x5A6478, 0x34322E];
    private static readonly uint[] Hairs = [0x1A1410, 0x3A2818, 0x6A4A28, 0x8A8480, 0x14120F];

    private readonly Mesh _trunk = Trunk(tag), _head = Head(tag), _hair = HairCap(tag), _thigh = Limb(tag, Thigh, 0.085f, 0.062f);
    private readonly Mesh _shin = Shin(tag), _upperArm = Limb(tag, UpperArm, 0.055f, 0.045f);

    /// <summary>A walking person; <paramref name="travelled"/> metres swing the limbs.</summary>
    public int Place(in Affine at, uint look, float travelled, ushort instance, Span<DrawPart> parts)
    {
        float size = 0.93f + (0.1f * ((look >> 4) & 15) / 15f), phase = travelled / (1.45f * size) * 6.2831853f;
        Affine body = new(at.Forward * size, at.Right * size, at.Up * size, at.Origin + (at.Up * (0.02f * (1 - Cos(2 * phase)) * 0.5f)));
        float swing = 0.42f * Sin(phase);
        Trunks(in body, look, instance, parts);
        Leg(in body, look, instance, parts[3..], 0.095f, swing, 0.10f + (0.5f * MathF.Max(0, Sin(phase - 1.9f))));
        Leg(in body, look, instance, parts[5..], -0.095f, -swing, 0.10f + (0.5f * MathF.Max(0, Sin(phase + 1.2415927f))));
        float arm = 0.36f * Sin(phase);
        // Arms hang a bit away from the body and swing against the legs.
        Arm(in body, look, instance, parts[7..], 0.225f, -arm);
        Arm(in body, look, instance, parts[8..], -0.225f, arm);
        return Parts;
    }

    /// <summary>A rider: hips at the saddle, hands forward.</summary>
    public int PlaceRider(in Affine at, uint look, float saddle, float lean, float pedal, ushort instance, Span<DrawPart> parts)
    {
        Affine body = at.Then(Affine.PitchAt(new Vector3(-0.25f, 0, saddle), -lean));
        body = new Affine(body.Forward, body.Right, body.Up, body.Origin - (body.Up * Hip));
        Trunks(in body, look, instance, parts);
        Affine hips = at with { Origin = at.Apply(new Vector3(-0.25f, 0, saddle - Hip)) };
        Leg(in hips, look, instance, parts[3..], 0.11f, 1.0f + (0.3f * Sin(pedal)), 1.25f + (0.35f * Sin(pedal)));
        Leg(in hips, look, instance, parts[5..], -0.11f, 1.0f - (0.3f * Sin(pedal)), 1.25f - (0.35f * Sin(pedal)));
        Arm(in body, look, instance, parts[7..], 0.2f, 0.75f + lean);
        Arm(in body, look, instance, parts[8..], -0.2f, 0.75f + lean);
        return Parts;
    }

    private void Trunks(in Affine body, uint look, ushort instance, Span<DrawPart> parts)
    {
        parts[0] = new DrawPart { Mesh = _trunk, Place = body, Colour = Muted(look), Instance = instance };
        parts[1] = new DrawPart { Mesh = _head, Place = body, Colour = Skin(look), Instance = instance };
        parts[2] = new DrawPart { Mesh = _hair, Place = body, Colour = Hairs[(look >> 3) % 5], Instance = instance };
    }

    private void Leg(in Affine body, uint look, ushort instance, Span<DrawPart> parts, float y, float hip, float knee)
    {
        uint colour = Trousers[(look >> 7) % 5];
        Affine thigh = body.Then(Affine.PitchAt(new Vector3(0, y, Hip), hip));
        Affine shin = thigh.Then(Affine.PitchAt(new Vector3(0, 0, -Thigh), -knee));
        parts[0] = new DrawPart { Mesh = _thigh, Place = thigh, Colour = colour, Instance = instance };
        parts[1] = new DrawPart { Mesh = _shin, Place = shin, Colour = colour, Instance = instance };
    }

    /// <summary>An arm is one rigid piece, slightly bent at the elbow.</summary>
    private void Arm(in Affine body, uint look, ushort instance, Span<DrawPart> parts, float y, float shoulder)
    {
        Affine upper = body.Then(Affine.PitchAt(new Vector3(0, y, Shoulder), shoulder));
        parts[0] = new DrawPart { Mesh = _upperArm, Place = upper, Colour = Muted(look), Instance = instance };
    }

    private static uint Skin(uint look) => Skins[(look >> 11) % 5];

    /// <summary>Clothes are less vivid than random colours.</summary>
    private static uint Muted(uint look)
    {
        uint r = (look >> 16) & 255, g = (look >> 8) & 255, b = look & 255, grey = (r + g + b) / 3;
        return ((((r + grey) / 2) * 220 / 255) << 16) | ((((g + grey) / 2) * 220 / 255) << 8) | (((b + grey) / 2) * 220 / 255);
    }

    private static Mesh Trunk(TownTag tag)
    {
        var b = new MeshBuilder();
        b.Use(Material.Cloth, tag);
        // Hips, waist, chest, shoulders, neck.
        ReadOnlySpan<(float Z, float X, float Y)> rings = [(0.84f, 0.10f, 0.155f), (0.95f, 0.115f, 0.165f), (1.08f, 0.10f, 0.145f), (1.28f, 0.125f, 0.185f), (1.42f, 0.105f, 0.195f), (1.49f, 0.06f, 0.09f)];
        const int Sides = 10;
        int first = b.VertexCount;
        for (int i = 0; i < rings.Length; i++)
        {
            for (int j = 0; j <= Sides; j++)
            {
                float angle = 6.2831853f * j / Sides, c = Cos(angle), s = Sin(angle);
                float rise = i == rings.Length - 1 ? 0.8f : 0.05f;
                b.Add(new(rings[i].X * c, rings[i].Y * s, rings[i].Z), new(c / rings[i].X, s / rings[i].Y, rise * 8), j / 5f, i / 3f, 0.7f + (0.06f * i));
            }
        }
        for (int i = 0; i + 1 < rings.Length; i++)
        {
            for (int j = 0; j < Sides; j++)
            {
                int at = first + (i * (Sides + 1)) + j;
                b.Triangle(at, at + 1, at + Sides + 1);
                b.Triangle(at + 1, at + Sides + 2, at + Sides + 1);
            }
        }
        return b.Build();
    }

    private static Mesh Head(TownTag tag)
    {
        var b = new MeshBuilder();
        b.Use(Material.Skin, tag).Ball(new(0.015f, 0, 1.625f), new(0.098f, 0.078f, 0.115f), 10, 8);
        b.Bar(new(0, 0, 1.45f), new(0, 0, 1.56f), 0.05f, 0.048f, 7);
        return b.Build();
    }

    private static Mesh HairCap(TownTag tag)
    {
        var b = new MeshBuilder();
        b.Use(Material.Hair, tag).Ball(new(-0.015f, 0, 1.655f), new(0.098f, 0.086f, 0.10f), 10, 7);
        return b.Build();
    }

    private static Mesh Limb(TownTag tag, float length, float from, float to)
    {
        var b = new MeshBuilder();
        b.Use(Material.Cloth, tag).Bar(Vector3.Zero, new(0, 0, -length), from, to, 8);
        b.Ball(Vector3.Zero, new(from, from, from), 8, 5);
        if (length == UpperArm)
        {
            b.Bar(new(0, 0, -length), new(0.07f, 0, -length - 0.24f), to, 0.035f, 8);
            b.Use(Material.Skin, tag, 0xC89878).Ball(new(0.085f, 0, -length - 0.29f), new(0.04f, 0.03f, 0.06f), 7, 5);
        }
        return b.Build();
    }

    private static Mesh Shin(TownTag tag)
    {
        var b = new MeshBuilder();
        b.Use(Material.Cloth, tag).Bar(Vector3.Zero, new(0, 0, -0.42f), 0.062f, 0.045f, 8);
        b.Ball(Vector3.Zero, new(0.063f, 0.063f, 0.063f), 8, 5);
        b.Use(Material.Rubber, tag, 0x2A2420).Ball(new(0.06f, 0, -0.435f), new(0.135f, 0.05f, 0.045f), 8, 5);
        return b.Build();
    }
}
