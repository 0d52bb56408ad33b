using System.Numerics;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Scene;

/// <content>Trees, bushes, hedges and the wooded hills around the town.</content>
internal sealed partial class TownBuilder
{
    private void PlantTree(Vector3 at, ref StableRandom random, float conifers = 0.35f)
    {
        ushort instance = NewInstance();
        bool conifer = random.Chance(conifers);
        float height = conifer ? random.Range(6, 13) : random.Range(5, 9.5f);
        StableRandom near = random, far = random;
        for (int detail = 0; detail < 2; detail++)
        {
            MeshBuilder tree = At(at, detail == 0 ? Layer.TreesNear : Layer.TreesFar);
            tree.Frame = Affine.Level(at, random.Range(0, 6.28f));
            tree.Instance = instance;
            if (conifer)
                Conifer(tree, height, detail == 0 ? 11 : 6, detail == 0 ? 8 : 5, ref detail == 0 ? ref near : ref far);
            else
                Broadleaf(tree, height, detail == 0 ? 64 : 20, detail == 0 ? 1 : 1.75f, ref detail == 0 ? ref near : ref far);
        }
        random = near;
    }

    private static void Broadleaf(MeshBuilder tree, float height, int cards, float cardScale, ref StableRandom random)
    {
        float trunk = height * random.Range(0.28f, 0.36f), radius = height * random.Range(0.27f, 0.36f);
        uint green = random.Pick<uint>([0x7CA03C, 0x6C8C38, 0x88A048, 0x607C34, 0x94A050]);
        tree.Use(Material.Bark, TownTag.Vegetation, 0x9A8468);
        tree.Bar(new(0, 0, -0.1f), new(0, 0, trunk + (radius * 0.5f)), height * 0.024f, height * 0.014f, 7, ambientFrom: 0.6f);
        Vector3 centre = new(0, 0, trunk + (radius * 0.85f));
        Span<Vector3> lobes = stackalloc Vector3[6];
        for (int i = 0; i < lobes.Length; i++)
        {
            Vector3 d = random.Direction();
            lobes[i] = centre + (new Vector3(d.X, d.Y, d.Z * 0.75f) * (radius * 0.55f));
            if (i < 3)
                tree.Bar(new(0, 0, trunk * 0.85f), lobes[i], height * 0.011f, height * 0.004f, 5);
        }
        tree.Use(Material.Leaves, TownTag.Vegetation, green);
        for (int i = 0; i < cards; i++)
        {
            Vector3 d = random.Direction();
            Vector3 at = lobes[i % lobes.Length] + (d * (radius * random.Range(0.25f, 0.62f)));
            Vector3 outward = at - centre;
            float rim = MathF.Sqrt(Dot(outward, outward)) / (radius * 1.1f);
            float ambient = Saturate(0.25f + (0.55f * rim) + (0.25f * (outward.Z / radius)));
            Card(tree, at, d, Normalize(outward + new Vector3(0, 0, radius * 0.25f)), radius * 0.42f * cardScale * random.Range(0.8f, 1.2f), ambient, ref random);
        }
    }

    /// <summary>A square of leaves lit as a piece of the crown's round surface.</summary>
    private static void Card(MeshBuilder tree, Vector3 at, Vector3 facing, Vector3 normal, float half, float ambient, ref StableRandom random)
    {
        Vector3 side = Normalize(Cross(facing, random.Direction()));
        Vector3 up = Cross(side, facing);
        int a = tree.Add(at - (side * half) - (up * half), normal, 0, 0, ambient * 0.85f), b = tree.Add(at + (side * half) - (up * half), normal, 1, 0, ambient * 0.85f);
        int c = tree.Add(at + (side * half) + (up * half), normal, 1, 1, ambient), d = tree.Add(at - (side * half) + (up * half), normal, 0, 1, ambient);
        tree.Triangle(a, b, c);
        tree.Triangle(a, c, d);
    }

    private static void Conifer(MeshBuilder tree, float height, int layers, int branches, ref StableRandom random)
    {
        uint green = random.Pick<uint>([0x588048, 0x4C7444, 0x648850]);
        tree.Use(Material.Bark, TownTag.Vegetation, 0x7A6450);
        tree.Bar(new(0, 0, -0.1f), new(0, 0, height * 0.9f), height * 0.018f, 0.02f, 6, ambientFrom: 0.6f);
        tree.Use(Material.Needles, TownTag.Vegetation, green);
        for (int layer = 0; layer < layers; layer++)
        {
            float t = (float)layer / (layers - 1), z = height * (0.10f + (0.86f * t)), reach = (height * 0.26f * (1 - t)) + 0.35f, turn = random.Range(0, 6.28f);
            int count = Math.Max(4, branches - (layer / 4));
            for (int i = 0; i < count; i++)
            {
                float angle = turn + (6.2831853f * i / count) + random.Range(-0.2f, 0.2f), length = reach * random.Range(0.85f, 1.15f);
                Vector3 outward = new(Cos(angle), Sin(angle), 0), side = new(-Sin(angle), Cos(angle), 0);
                Vector3 root = new(0, 0, z + (length * 0.22f)), tip = (outward * length) + new Vector3(0, 0, z - (length * 0.30f));
                float half = (length * 0.42f) + (6.2831853f / count * length * 0.14f);
                Vector3 normal = Normalize(outward + new Vector3(0, 0, 0.55f));
                int a = tree.Add(root - (side * half), normal, 0, 0, 0.35f), b = tree.Add(root + (side * half), normal, 1, 0, 0.35f);
                int c = tree.Add(tip + (side * half), normal, 1, 1, 0.75f + (0.25f * t)), d = tree.Add(tip - (side * half), normal, 0, 1, 0.75f + (0.25f * t));
                tree.Triangle(a, b, c);
                tree.Triangle(a, c, d);
            }
        }
    }

    /// <summary>Groves on the open ground behind the houses.</summary>
    private void BuildGroves()
    {
        (float x0, float y0, float x1, float y1) = Extent();
        var random = new StableRandom(StableRandom.Hash(seed ^ 0x6F0E));
        for (int grove = 0; grove < 150; grove++)
        {
            Vector3 middle = new(random.Range(x0 - 80, x1 + 80), random.Range(y0 - 80, y1 + 80), 0);
            int count = 2 + random.Int(4);
            for (int i = 0; i < count; i++)
            {
                Vector3 at = middle + new Vector3(random.Range(-11, 11), random.Range(-11, 11), 0);
                var place = new Vector2(at.X, at.Y);
                if (plan.Clearance(place) > 9 && !IsClaimed(at))
                    PlantTree(at with { Z = TerrainHeight(place) - 0.1f }, ref random, 0.5f);
            }
        }
    }

    private void Bush(Vector3 at, ref StableRandom random)
    {
        MeshBuilder bush = At(at, Layer.Props);
        bush.Frame = Affine.Level(at, random.Range(0, 6.28f));
        bush.Instance = NewInstance();
        float size = random.Range(0.5f, 1.1f);
        bush.Use(Material.Leaves, TownTag.Vegetation, random.Pick<uint>([0x789C40, 0x6C8838, 0x80904C]));
        for (int i = 0; i < 16; i++)
        {
            Vector3 d = random.Direction();
            d.Z = MathF.Abs(d.Z);
            Vector3 p = d * (size * random.Range(0.3f, 0.8f));
            Card(bush, p + new Vector3(0, 0, size * 0.2f), d, Normalize(d + new Vector3(0, 0, 0.4f)), size * 0.55f, 0.35f + (0.5f * d.Z), ref random);
        }
    }

    private void Hedge(Affine frame, float x0, float x1, float y, ref StableRandom random)
    {
        float height = random.Range(0.9f, 1.5f);
        MeshBuilder hedge = At(frame.Apply(new Vector3((x0 + x1) / 2, y, 0)), Layer.Props);
        hedge.Frame = frame;
        hedge.Instance = NewInstance();
        hedge.Use(Material.Hedge, TownTag.Vegetation, 0xC8D0B0);
        hedge.Box(new(x0, y - 0.35f, 0.1f), new(x1, y + 0.35f, height), 1.6f, ambientLow: 0.45f);
        // Loose twigs break up the box's straight edges.
        hedge.Use(Material.Leaves, TownTag.Vegetation, 0x7C9840);
        for (float x = x0; x < x1; x += 0.55f)
        {
            Vector3 d = random.Direction();
            Card(hedge, new(x, y + random.Range(-0.3f, 0.1f), height - random.Range(0, 0.35f)), d, new(0, -0.4f, 0.9f), 0.32f, 0.8f, ref random);
        }
    }

    /// <summary>Wooded hills in a ring around the town close the horizon.</summary>
    private void BuildHills()
    {
        (float x0, float y0, float x1, float y1) = Extent();
        Vector3 centre = new((x0 + x1) / 2, (y0 + y1) / 2, 0);
        const int Pieces = 96;
        for (int ring = 0; ring < 2; ring++)
        {
            float radius = 460 + (ring * 330), lift = 20 + (ring * 34);
            for (int i = 0; i < Pieces; i++)
            {
                float from = 6.2831853f * i / Pieces, to = 6.2831853f * (i + 1) / Pieces;
                Vector3 a = Ring(from, radius), b = Ring(to, radius), c = Ring(to, radius + 180), d = Ring(from, radius + 180);
                c.Z = lift * Crest((i + 1) % Pieces, ring);
                d.Z = lift * Crest(i, ring);
                a.Z = b.Z = -1;
                MeshBuilder hill = At(a, Layer.Backdrop).Use(Material.Forest, TownTag.Vegetation, ring == 0 ? 0xA8B090u : 0x98A498u);
                Vector3 m = Lerp(a, d, 0.5f) + new Vector3(0, 0, d.Z * 0.22f), n = Lerp(b, c, 0.5f) + new Vector3(0, 0, c.Z * 0.22f);
                hill.Quad(a, b, n, m, -Ring(from, 1) + centre + new Vector3(0, 0, 2), i * 2, 2, (i * 2) + 2, 1, 0.8f);
                hill.Quad(m, n, c, d, -Ring(from, 1) + centre + new Vector3(0, 0, 2), i * 2, 1, (i * 2) + 2, 0);
            }
        }
        Vector3 Ring(float angle, float r) => centre + (new Vector3(Cos(angle), Sin(angle), 0) * r);
        float Crest(int i, int ring) => 0.35f + (0.65f * StableRandom.Lattice(i, ring, (uint)seed)) + (0.5f * StableRandom.Lattice(i / 5, ring + 7, (uint)seed));
    }
}
