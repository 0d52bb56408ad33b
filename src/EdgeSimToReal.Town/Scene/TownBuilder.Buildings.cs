using System.Numerics;

namespace EdgeSimToReal.Town.Scene;

/// <content>Buildings. In a building's frame x runs along its front, y into it, z up; the front faces -y.</content>
internal sealed partial class TownBuilder
{
    private const float BayWidth = 3;
    private const float Storey = 3.1f;

    private static readonly uint[] Bricks = [0xA8583F, 0x94503E, 0xB06A4C, 0x8A5A48, 0x9A6650, 0xB88A68];
    private static readonly uint[] Plasters = [0xE4D8C0, 0xD8C4A0, 0xC8CCCC, 0xE6E2DA, 0xD09A74, 0xB4BCBC, 0xD8B0A0, 0xA8B0A0];
    private static readonly uint[] Claddings = [0xA4ABB2, 0xC4C8CA, 0xDAD4C6, 0x8E8478, 0xA86850, 0x94A0AC];
    private static readonly uint[] Signs = [0xA83028, 0x28588C, 0x2E6840, 0xC89020, 0x50484C, 0x883858];

    private void Building(Affine frame, ZoneKind kind, float width, float depth, ref StableRandom random)
    {
        ushort instance = NewInstance();
        (Material facade, uint tint, int storeys, float ground) = kind switch
        {
            ZoneKind.Terrace => (Material.FacadeBrick, random.Pick<uint>(Bricks), 2, 3.4f),
            ZoneKind.OldTown => (random.Chance(0.3f) ? Material.FacadeBrick : Material.FacadeOld, 0u, 2 + random.Int(3), 3.9f),
            ZoneKind.Flats => (Material.FacadeFlat, random.Pick<uint>(Plasters), 3 + random.Int(5), 3.3f),
            ZoneKind.Offices => (random.Chance(0.8f) ? Material.FacadeOffice : Material.FacadeFlat, random.Pick<uint>(Claddings), 5 + random.Int(10), 4.4f),
            ZoneKind.Works => (Material.Plaster, random.Pick<uint>(Claddings), 0, random.Range(5, 8)),
            _ => (random.Chance(0.5f) ? Material.FacadeBrick : Material.FacadeFlat, 0u, 1, 2.9f),
        };
        if (tint == 0)
            tint = facade == Material.FacadeBrick ? random.Pick<uint>(Bricks) : random.Pick<uint>(Plasters);
        float height = ground + (storeys * Storey), half = width / 2;
        MeshBuilder body = At(frame.Apply(new Vector3(0, depth / 2, 0)), Layer.Large);
        body.Frame = frame;
        body.Instance = instance;

        bool shops = kind is ZoneKind.OldTown or ZoneKind.Offices;
        GroundFloor(body, kind, facade, tint, half, depth, ground, shops, ref random);
        if (storeys > 0)
        {
            body.Use(facade, TownTag.Building, tint);
            int u0 = random.Int(4);
            Front(body, half, 0, depth, ground, height, storeys, u0);
        }
        bool pitched = kind is ZoneKind.Suburb || (kind is ZoneKind.OldTown or ZoneKind.Terrace && random.Chance(0.45f));
        if (pitched)
            Roof(body, half, depth, height, tint, random.Pick<uint>([0x8C4A3A, 0x6E5048, 0x50545A, 0x7A5040]), kind is ZoneKind.Suburb);
        else
            FlatRoof(body, half, depth, height, tint, ref random);

        MeshBuilder detail = At(frame.Apply(new Vector3(0, depth / 2, 0)), Layer.Props);
        detail.Frame = frame;
        detail.Instance = instance;
        switch (kind)
        {
            case ZoneKind.Terrace:
                Stoop(detail, half, ground, height, facade, tint, ref random);
                break;
            case ZoneKind.Flats when random.Chance(0.75f):
                Balconies(detail, half, ground, storeys, ref random);
                break;
            case ZoneKind.OldTown when random.Chance(0.5f):
                Awning(detail, half, ref random);
                break;
            case ZoneKind.Suburb:
                Porch(detail, half, ref random);
                break;
            default:
                break;
        }
    }

    /// <summary>The four walls above the ground floor; windows fit the bays.</summary>
    private static void Front(MeshBuilder body, float half, float y0, float y1, float z0, float z1, int storeys, int u0)
    {
        float across = MathF.Max(1, MathF.Round(half * 2 / BayWidth)) / 4, deep = MathF.Max(1, MathF.Round((y1 - y0) / BayWidth)) / 4, up = -storeys / 4f, u = u0 / 4f;
        body.Quad(new(-half, y0, z0), new(half, y0, z0), new(half, y0, z1), new(-half, y0, z1), -Vector3.UnitY, u, 0, u + across, up, 0.92f);
        body.Quad(new(half, y1, z0), new(-half, y1, z0), new(-half, y1, z1), new(half, y1, z1), Vector3.UnitY, u, 0, u + across, up, 0.8f);
        body.Quad(new(half, y0, z0), new(half, y1, z0), new(half, y1, z1), new(half, y0, z1), Vector3.UnitX, u, 0, u + deep, up, 0.8f);
        body.Quad(new(-half, y1, z0), new(-half, y0, z0), new(-half, y0, z1), new(-half, y1, z1), -Vector3.UnitX, u, 0, u + deep, up, 0.8f);
    }

    private static void GroundFloor(
        MeshBuilder body, ZoneKind kind, Material facade, uint tint, float half, float depth, float ground, bool shops, ref StableRandom random)
    {
        const float Dark = 0.55f;
        Material wall = facade switch { Material.FacadeBrick => Material.Brick, _ => Material.Plaster };
        body.Use(wall, TownTag.Building, tint);
        body.WallFace(new(half, 0), new(half, depth), 0, ground, Vector3.UnitX, 2, 2, Dark);
        body.WallFace(new(-half, depth), new(-half, 0), 0, ground, -Vector3.UnitX, 2, 2, Dark);
        body.WallFace(new(half, depth), new(-half, depth), 0, ground, Vector3.UnitY, 2, 2, Dark);
        if (shops)
        {
            body.Use(Material.ShopFront, TownTag.Building, random.Pick<uint>(Signs));
            float repeats = MathF.Max(0.5f, MathF.Round(half * 2 / 5.5f) / 2);
            body.Quad(new(-half, 0, 0), new(half, 0, 0), new(half, 0, ground), new(-half, 0, ground), -Vector3.UnitY, 0, 1, repeats, 0, 0.65f);
            return;
        }
        if (kind == ZoneKind.Works)
        {
            // A hall: a plinth, sheet walls, a gate and a band of windows.
            body.WallFace(new(-half, 0), new(half, 0), 0, ground, -Vector3.UnitY, 2, 2, Dark);
            body.Use(Material.Wood, TownTag.Building, 0x9AA0A4);
            body.Quad(new(-2.4f, -0.03f, 0), new(2.4f, -0.03f, 0), new(2.4f, -0.03f, 3.6f), new(-2.4f, -0.03f, 3.6f), -Vector3.UnitY, 0, 0, 3, 0.3f, 0.6f);
            body.Use(Material.FacadeOffice, TownTag.Building, tint);
            float band = MathF.Floor(half / BayWidth) / 4;
            body.Quad(new(3, -0.03f, ground - 2.2f), new(half - 0.4f, -0.03f, ground - 2.2f), new(half - 0.4f, -0.03f, ground - 0.5f), new(3, -0.03f, ground - 0.5f),
                -Vector3.UnitY, 0, 0.2f, band, 0.04f);
            return;
        }
        // The same windows as above, and a door in the middle.
        body.Use(facade, TownTag.Building, tint);
        float across = MathF.Max(1, MathF.Round(half * 2 / BayWidth)) / 4;
        body.Quad(new(-half, 0, 0), new(half, 0, 0), new(half, 0, ground), new(-half, 0, ground), -Vector3.UnitY, 0.25f, 0.25f, 0.25f + across, 0, Dark);
        body.Use(Material.Door, TownTag.Building, random.Pick<uint>([0x6A2C24, 0x2C4038, 0x3A3028, 0x283850, 0x806040]));
        body.Quad(new(-0.6f, -0.04f, 0), new(0.6f, -0.04f, 0), new(0.6f, -0.04f, 2.3f), new(-0.6f, -0.04f, 2.3f), -Vector3.UnitY, 0, 1, 1, 0, 0.7f);
    }

    private static void FlatRoof(MeshBuilder body, float half, float depth, float height, uint tint, ref StableRandom random)
    {
        body.Use(Material.RoofFlat, TownTag.Building, 0x74747A).Floor(-half, 0, half, depth, height, 4);
        // Cornice and parapet: a band that stands out all around.
        float o = random.Range(0.12f, 0.4f), band = random.Range(0.5f, 0.9f);
        uint trim = random.Chance(0.5f) ? 0xD6D0C4 : tint;
        body.Use(Material.Concrete, TownTag.Building, trim);
        body.Box(new(-half - o, -o, height - (band * 0.5f)), new(half + o, 0.25f, height + (band * 0.5f)), 2, bottom: true);
        body.Box(new(half - 0.25f, 0, height), new(half + o, depth + o, height + (band * 0.5f)), 2);
        body.Box(new(-half - o, 0, height), new(-half + 0.25f, depth + o, height + (band * 0.5f)), 2);
        int boxes = random.Int(3);
        body.Use(Material.Plaster, TownTag.Building, 0xB0B0AC);
        for (int i = 0; i < boxes; i++)
        {
            float x = random.Range(-half + 1, half - 3), y = random.Range(1.5f, depth - 4), w = random.Range(1.5f, 3);
            body.Box(new(x, y, height), new(x + w, y + random.Range(1.5f, 3), height + random.Range(1.2f, 2.6f)), 2);
        }
    }

    private static void Roof(MeshBuilder body, float half, float depth, float height, uint tint, uint tiles, bool hipped)
    {
        float eave = 0.45f, rise = depth * 0.34f, ridge = depth / 2, inset = hipped ? MathF.Min(half * 0.6f, ridge * 0.8f) : -eave;
        Vector3 a = new(-half - eave, -eave, height - 0.1f), b = new(half + eave, -eave, height - 0.1f);
        Vector3 c = new(half + eave, depth + eave, height - 0.1f), d = new(-half - eave, depth + eave, height - 0.1f);
        Vector3 left = new(-half + inset, ridge, height + rise), right = new(half - inset, ridge, height + rise);
        body.Use(Material.RoofTiles, TownTag.Building, tiles);
        float across = half, up = ridge / 2;
        body.Quad(a, b, right, left, new(0, -1, 1), 0, up, across, 0);
        body.Quad(c, d, left, right, new(0, 1, 1), 0, up, across, 0);
        if (hipped)
        {
            body.Quad(b, c, right, right, new(1, 0, 1), 0, up, ridge, 0);
            body.Quad(d, a, left, left, new(-1, 0, 1), 0, up, ridge, 0);
            body.Use(Material.Concrete, TownTag.Building, 0xE0DCD4);
            body.Quad(a, b, b - new Vector3(0, 0, 0.22f), a - new Vector3(0, 0, 0.22f), -Vector3.UnitY, 0, 0, across, 0.1f);
        }
        else
        {
            body.Use(Material.Plaster, TownTag.Building, tint);
            body.Quad(new(half, 0, height), new(half, depth, height), new(half, ridge, height + rise - 0.2f), new(half, ridge, height + rise - 0.2f), Vector3.UnitX, 0, 0, 3, 1);
            body.Quad(new(-half, depth, height), new(-half, 0, height), new(-half, ridge, height + rise - 0.2f), new(-half, ridge, height + rise - 0.2f), -Vector3.UnitX, 0, 0, 3, 1);
        }
        body.Use(Material.Brick, TownTag.Building, 0x8A5A48);
        body.Box(new(half * 0.4f, ridge - 0.4f, height + (rise * 0.6f)), new((half * 0.4f) + 0.8f, ridge + 0.4f, height + rise + 0.9f));
    }

    /// <summary>A terrace house's steps and its bay window.</summary>
    private static void Stoop(MeshBuilder detail, float half, float ground, float height, Material facade, uint tint, ref StableRandom random)
    {
        detail.Use(Material.Concrete, TownTag.Building, 0xB8A898);
        for (int i = 0; i < 4; i++)
            detail.Box(new(-0.9f, -1.8f + (i * 0.45f), 0), new(0.9f, -1.35f + (i * 0.45f), 0.17f * (i + 1)), 1, ambientLow: 0.6f);
        detail.Use(Material.Brick, TownTag.Building, tint);
        detail.Box(new(-1.15f, -1.8f, 0), new(-0.9f, 0, 0.9f), 2, ambientLow: 0.6f);
        detail.Box(new(0.9f, -1.8f, 0), new(1.15f, 0, 0.9f), 2, ambientLow: 0.6f);
        float x = random.Chance(0.5f) ? half - 1.6f : -half + 1.6f, o = 1.0f;
        detail.Use(facade, TownTag.Building, tint);
        int storeys = (int)((height - ground) / Storey);
        detail.Quad(new(x - 1, -o, 0), new(x + 1, -o, 0), new(x + 1, -o, height - 0.3f), new(x - 1, -o, height - 0.3f), -Vector3.UnitY, 0, 0, 0.25f, -(storeys + 1) / 4f, 0.6f);
        detail.Quad(new(x + 1, -o, 0), new(x + 1.4f, 0, 0), new(x + 1.4f, 0, height - 0.3f), new(x + 1, -o, height - 0.3f), new(1, -0.4f, 0), 0, 0, 0.06f, -(storeys + 1) / 4f, 0.6f);
        detail.Quad(new(x - 1.4f, 0, 0), new(x - 1, -o, 0), new(x - 1, -o, height - 0.3f), new(x - 1.4f, 0, height - 0.3f), new(-1, -0.4f, 0), 0, 0, 0.06f, -(storeys + 1) / 4f, 0.6f);
        detail.Use(Material.Concrete, TownTag.Building, 0xCCC4B4);
        detail.Box(new(x - 1.5f, -o - 0.1f, height - 0.4f), new(x + 1.5f, 0, height - 0.1f), 2, bottom: true);
    }

    private static void Balconies(MeshBuilder detail, float half, float ground, int storeys, ref StableRandom random)
    {
        int bays = (int)MathF.Round(half * 2 / BayWidth), every = 2 + random.Int(2), first = random.Int(every);
        uint panel = random.Pick<uint>([0xE0DCD4, 0x8C98A4, 0xB87858, 0xD8D8D0]);
        for (int bay = first; bay < bays; bay += every)
        {
            float x = -half + ((bay + 0.5f) * BayWidth);
            for (int storey = 0; storey < storeys; storey++)
            {
                float z = ground + (storey * Storey) + 0.1f;
                detail.Use(Material.Concrete, TownTag.Building, 0xC8C4BC);
                detail.Box(new(x - 1.4f, -1.3f, z - 0.15f), new(x + 1.4f, 0, z), 2, bottom: true, ambientLow: 0.8f);
                detail.Use(Material.Plaster, TownTag.Building, panel);
                detail.Box(new(x - 1.4f, -1.3f, z), new(x + 1.4f, -1.22f, z + 0.95f), 2, ambientLow: 0.8f);
                detail.Box(new(x - 1.4f, -1.22f, z), new(x - 1.33f, 0, z + 0.95f), 2, ambientLow: 0.7f);
                detail.Box(new(x + 1.33f, -1.22f, z), new(x + 1.4f, 0, z + 0.95f), 2, ambientLow: 0.7f);
            }
        }
    }

    private static void Awning(MeshBuilder detail, float half, ref StableRandom random)
    {
        detail.Use(Material.Cloth, TownTag.Building, random.Pick<uint>(Signs));
        float width = MathF.Min(half - 0.5f, 3.5f), x = random.Range(-half + width, half - width);
        Vector3 a = new(x - width, -1.5f, 2.5f), b = new(x + width, -1.5f, 2.5f), c = new(x + width, 0, 3.1f), d = new(x - width, 0, 3.1f);
        detail.Quad(a, b, c, d, new(0, -0.4f, 1), 0, 0, 4, 1);
        detail.Quad(a, b, b - new Vector3(0, 0, 0.3f), a - new Vector3(0, 0, 0.3f), -Vector3.UnitY, 0, 0, 4, 0.3f);
        detail.Quad(a, b, c, d, new(0, 0.4f, -1), 0, 0, 4, 1, 0.5f, 0.5f);
    }

    private static void Porch(MeshBuilder detail, float half, ref StableRandom random)
    {
        detail.Use(Material.Plaster, TownTag.Building, 0xE8E4DC);
        detail.Bar(new(-1.1f, -1.4f, 0), new(-1.1f, -1.4f, 2.5f), 0.07f, 0.07f, 6);
        detail.Bar(new(1.1f, -1.4f, 0), new(1.1f, -1.4f, 2.5f), 0.07f, 0.07f, 6);
        detail.Box(new(-1.4f, -1.6f, 2.5f), new(1.4f, 0, 2.68f), 2, bottom: true);
        // A garage door beside the entrance.
        detail.Use(Material.Wood, TownTag.Building, random.Pick<uint>([0xE4E0D8, 0xA89880, 0x889098]));
        float x = half - 1.6f;
        detail.Quad(new(x - 1.2f, -0.03f, 0), new(x + 1.2f, -0.03f, 0), new(x + 1.2f, -0.03f, 2.2f), new(x - 1.2f, -0.03f, 2.2f), -Vector3.UnitY, 0, 0, 1, 0.3f, 0.7f);
    }
}
