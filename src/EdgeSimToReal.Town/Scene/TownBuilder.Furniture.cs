using System.Numerics;

namespace EdgeSimToReal.Town.Scene;

/// <content>Fences, poles, signs, lights, parked vehicles and small things.</content>
internal sealed partial class TownBuilder
{
    /// <summary>What separates a lot from the pavement.</summary>
    private void Boundary(Affine frame, ZoneKind kind, float width, float setback, ref StableRandom random)
    {
        if (setback < 3.5f)
            return;
        float x0 = -width / 2, x1 = width / 2, y = Back + 0.55f;
        for (float x = x0; x <= x1 + 0.1f; x += width / 4)
        {
            Vector3 p = frame.Apply(new Vector3(x, y, 0));
            if (plan.Clearance(new Vector2(p.X, p.Y)) < 3.3f)
                return;
        }
        int choice = random.Int(4);
        MeshBuilder line = At(frame.Apply(new Vector3(0, y, 0)), Layer.Props);
        line.Frame = frame;
        if (kind is ZoneKind.Suburb or ZoneKind.Flats && choice < 2)
        {
            // A gap for the path to the door.
            Hedge(frame, x0, -1.2f, y, ref random);
            Hedge(frame, 1.2f, x1, y, ref random);
            return;
        }
        line.Instance = NewInstance();
        if (kind is ZoneKind.Works or ZoneKind.Park && choice < 2)
        {
            line.Use(Material.ChainLink, TownTag.Fence, 0xD0D4D4);
            line.Quad(new(x0, y, 0.1f), new(x1, y, 0.1f), new(x1, y, 2), new(x0, y, 2), -Vector3.UnitY, 0, 0, width, 1.9f);
            line.Use(Material.Metal, TownTag.Fence, 0x909496);
            for (float x = x0; x < x1; x += 2.6f)
                line.Bar(new(x, y, 0), new(x, y, 2.05f), 0.03f, 0.03f, 5);
            line.Bar(new(x0, y, 2), new(x1, y, 2), 0.02f, 0.02f, 4);
        }
        else if (kind is ZoneKind.Suburb)
        {
            line.Use(Material.Pickets, TownTag.Fence, random.Pick<uint>([0xE8E4DC, 0xA88860, 0x806850]));
            line.Quad(new(x0, y, 0.1f), new(x1, y, 0.1f), new(x1, y, 1.15f), new(x0, y, 1.15f), -Vector3.UnitY, 0, 0.99f, width / 1.1f, 0.01f, 0.6f);
        }
        else
        {
            bool stone = choice == 2;
            line.Use(stone ? Material.Stone : Material.Brick, TownTag.Wall, stone ? 0xC4BEB4u : 0xA06850u);
            float height = random.Range(0.8f, kind is ZoneKind.Works ? 2.2f : 1.2f);
            line.Box(new(x0, y - 0.15f, 0.1f), new(x1, y + 0.15f, height), 2, ambientLow: 0.5f);
            line.Use(Material.Concrete, TownTag.Wall, 0xC8C4BC);
            line.Box(new(x0, y - 0.2f, height), new(x1, y + 0.2f, height + 0.08f), 2, bottom: true);
        }
    }

    private void BuildFurniture()
    {
        var random = new StableRandom(StableRandom.Hash(seed ^ 0xF0F0));
        for (int side = -1; side <= 1; side += 2)
        {
            double next = side > 0 ? 9 : 24;
            for (double s = 4; s < plan.Path.Length - 4; s += 1)
            {
                if (s < next || plan.InGap(s, side, CornerAt))
                    continue;
                next = s + Place(s, side, ref random);
            }
        }
        foreach (RoadPlan.Junction junction in plan.Junctions)
            TrafficLights(junction);
        ParkVehicles(ref random);
    }

    /// <summary>One thing at the kerb; returns the way to the next.</summary>
    private float Place(double s, int side, ref StableRandom random)
    {
        Affine frame = SideFrame(s, side);
        Affine spot = frame with { Origin = frame.Apply(new Vector3(0, Edge + 0.65f, RoadPlan.KerbHeight)) };
        switch (random.Int(10))
        {
            case 0 or 1 or 2:
                StreetLight(spot);
                break;
            case 3:
                Sign(spot, random.Pick<Material>([Material.SignSpeed, Material.SignParking, Material.SignYield, Material.SignCrossing, Material.SignStop]));
                break;
            case 4 or 5:
                if (ZoneAt(s, side).Kind is not ZoneKind.Terrace)
                    StreetTree(spot, ref random);
                break;
            case 6:
                Bin(spot, ref random);
                break;
            case 7:
                Hydrant(spot);
                break;
            case 8:
                Bench(frame with { Origin = frame.Apply(new Vector3(0, Back - 0.5f, RoadPlan.KerbHeight)) });
                break;
            default:
                if (random.Chance(0.4f))
                    Billboard(frame with { Origin = frame.Apply(new Vector3(0, Back + 1.2f, RoadPlan.KerbHeight)) });
                else
                    Bollards(spot);
                break;
        }
        return random.Range(8, 16);
    }

    private MeshBuilder Thing(Affine spot, Layer layer = Layer.Props)
    {
        MeshBuilder builder = At(spot.Origin, layer);
        builder.Frame = spot;
        builder.Instance = NewInstance();
        return builder;
    }

    private void StreetTree(Affine spot, ref StableRandom random)
    {
        MeshBuilder pit = At(spot.Origin, Layer.Paint);
        pit.Frame = spot;
        pit.Use(Material.Soil, TownTag.Terrain, 0xB0A090).Floor(-0.6f, -0.35f, 0.6f, 0.75f, Lift, 1);
        PlantTree(spot.Apply(new Vector3(0, 0.2f, 0)), ref random, conifers: 0);
    }

    private void StreetLight(Affine spot)
    {
        MeshBuilder pole = Thing(spot);
        pole.Use(Material.Metal, TownTag.Pole, 0x8A9094);
        pole.Use(Material.Concrete, TownTag.Pole, 0xB8B4AC).Box(new(-0.2f, -0.2f, 0), new(0.2f, 0.2f, 0.55f), 1, ambientLow: 0.6f);
        pole.Use(Material.Metal, TownTag.Pole, 0x8A9094);
        pole.Bar(new(0, 0, 0.5f), new(0, 0, 7.2f), 0.095f, 0.06f, 8);
        pole.Bar(new(0, 0, 7.15f), new(0, -0.9f, 7.75f), 0.05f, 0.045f, 6);
        pole.Bar(new(0, -0.9f, 7.75f), new(0, -2.1f, 7.85f), 0.045f, 0.04f, 6);
        pole.Box(new(-0.14f, -2.75f, 7.78f), new(0.14f, -2.0f, 7.92f), 1, bottom: false);
        pole.Use(Material.StreetLamp, TownTag.Pole, 0xE8E4D0);
        pole.Quad(new(-0.12f, -2.7f, 7.77f), new(0.12f, -2.7f, 7.77f), new(0.12f, -2.05f, 7.77f), new(-0.12f, -2.05f, 7.77f), -Vector3.UnitZ, 0, 0, 1, 1);
    }

    /// <summary>A sign that faces the traffic of its side of the road (frame x is the driving direction on the right, and on the left).</summary>
    private void Sign(Affine spot, Material face)
    {
        MeshBuilder sign = Thing(spot);
        sign.Use(Material.Metal, TownTag.Pole, 0x9A9EA0).Bar(new(0, 0, 0), new(0, 0, 2.9f), 0.035f, 0.035f, 6);
        sign.Use(face, TownTag.TrafficSign);
        Vector3 a = new(-0.045f, -0.38f, 2.2f), b = new(-0.045f, 0.38f, 2.2f), up = new(0, 0, 0.76f);
        // Seen by a driver who looks along +x: left is -y.
        sign.Quad(a, b, b + up, a + up, -Vector3.UnitX, 0.01f, 0.99f, 0.99f, 0.01f);
        sign.Tint = 0x707478;
        sign.Quad(b + new Vector3(0.005f, 0, 0), a + new Vector3(0.005f, 0, 0), a + up, b + up, Vector3.UnitX, 0.01f, 0.99f, 0.99f, 0.01f);
    }

    private void Bin(Affine spot, ref StableRandom random)
    {
        MeshBuilder bin = Thing(spot);
        bin.Use(Material.Rubber, TownTag.Dynamic, random.Pick<uint>([0x2E4A34, 0x3A3C40, 0x5A3028]));
        bin.Bar(new(0, 0, 0), new(0, 0, 0.95f), 0.26f, 0.32f, 10, caps: true, ambientFrom: 0.5f);
        bin.Use(Material.Metal, TownTag.Dynamic, 0x88888C).Bar(new(0, 0, 0.9f), new(0, 0, 1.02f), 0.34f, 0.34f, 10, caps: true);
    }

    private void Hydrant(Affine spot)
    {
        MeshBuilder hydrant = Thing(spot);
        hydrant.Use(Material.CarPaint, TownTag.Static, 0xB02820);
        hydrant.Bar(new(0, 0, 0), new(0, 0, 0.6f), 0.12f, 0.11f, 8, ambientFrom: 0.5f);
        hydrant.Ball(new(0, 0, 0.62f), new(0.14f, 0.14f, 0.16f), 8, 5);
        hydrant.Bar(new(0, -0.22f, 0.42f), new(0, 0.22f, 0.42f), 0.06f, 0.06f, 6, caps: true);
    }

    private void Bench(Affine spot)
    {
        MeshBuilder bench = Thing(spot);
        bench.Use(Material.Wood, TownTag.Static, 0xC0A080);
        bench.Box(new(-0.85f, -0.25f, 0.42f), new(0.85f, 0.2f, 0.48f), 1, bottom: true);
        bench.Box(new(-0.85f, 0.2f, 0.5f), new(0.85f, 0.26f, 0.95f), 1, bottom: true);
        bench.Use(Material.Metal, TownTag.Static, 0x3C4044);
        bench.Box(new(-0.75f, -0.22f, 0), new(-0.68f, 0.24f, 0.42f), 1, ambientLow: 0.6f);
        bench.Box(new(0.68f, -0.22f, 0), new(0.75f, 0.24f, 0.42f), 1, ambientLow: 0.6f);
    }

    private void Bollards(Affine spot)
    {
        MeshBuilder bollards = Thing(spot);
        bollards.Use(Material.Metal, TownTag.Static, 0x4A4E52);
        for (float x = -3; x <= 3; x += 1.5f)
        {
            bollards.Bar(new(x, -0.2f, 0), new(x, -0.2f, 0.85f), 0.06f, 0.05f, 7, ambientFrom: 0.6f);
            bollards.Ball(new(x, -0.2f, 0.88f), new(0.07f, 0.07f, 0.07f), 7, 4);
        }
    }

    private void Billboard(Affine spot)
    {
        if (plan.Clearance(new Vector2(spot.Origin.X, spot.Origin.Y)) < 3.8f || IsClaimed(spot.Origin))
            return;
        MeshBuilder board = Thing(spot);
        board.Use(Material.Metal, TownTag.Static, 0x50545A);
        board.Bar(new(-1.2f, 0, 0), new(-1.2f, 0, 3.4f), 0.06f, 0.06f, 6);
        board.Bar(new(1.2f, 0, 0), new(1.2f, 0, 3.4f), 0.06f, 0.06f, 6);
        board.Box(new(-1.6f, -0.08f, 1.5f), new(1.6f, 0.08f, 3.4f), 1, bottom: true);
        board.Use(Material.Billboard, TownTag.Static);
        board.Quad(new(-1.5f, -0.1f, 1.6f), new(1.5f, -0.1f, 1.6f), new(1.5f, -0.1f, 3.3f), new(-1.5f, -0.1f, 3.3f), -Vector3.UnitY, 0, 1, 1, 0);
    }
}
