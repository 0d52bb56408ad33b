using System.Numerics;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Scene;

/// <content>Carriageway, kerbs, pavements, side streets and terrain.</content>
internal sealed partial class TownBuilder
{
    private const float Edge = DrivePath.HalfWidth;
    private const float KerbWidth = 0.22f;
    private const float Back = Edge + RoadPlan.PavementWidth;
    private const float Verge = Edge + 7;
    private const float SidePavement = 2.4f;
    private const float CornerAt = RoadPlan.SideHalfWidth + RoadPlan.CornerRadius;

    private void BuildRoad()
    {
        const double Step = 5;
        double length = plan.Path.Length;
        int steps = (int)(length / Step);
        for (int i = 0; i < steps; i++)
        {
            double from = length * i / steps, to = length * (i + 1) / steps;
            MeshBuilder ground = At(plan.Path.At(from, 0).At, Layer.Ground).Use(Material.Asphalt, TownTag.Road, 0xC4C4C4);
            Strip(ground, from, to, -Edge, Edge, 0, 7);
            for (int side = -1; side <= 1; side += 2)
            {
                foreach ((double a, double b) in OutsideGaps(from, to, side))
                    Pavement(ground, a, b, side);
            }
        }
        foreach (RoadPlan.Junction junction in plan.Junctions)
        {
            if (junction.LeftLength > 0)
                SideStreet(junction, -1, junction.LeftLength);
            if (junction.RightLength > 0)
                SideStreet(junction, 1, junction.RightLength);
        }
    }

    /// <summary>The parts of a stretch where the pavement of one side is not interrupted by a side street.</summary>
    private IEnumerable<(double From, double To)> OutsideGaps(double from, double to, int side)
    {
        foreach (RoadPlan.Junction junction in plan.Junctions)
        {
            if ((side < 0 ? junction.LeftLength : junction.RightLength) == 0)
                continue;
            double start = junction.Distance - CornerAt, end = junction.Distance + CornerAt;
            if (end <= from || start >= to)
                continue;
            if (start > from)
                yield return (from, start);
            if (end < to)
                yield return (end, to);
            yield break;
        }
        yield return (from, to);
    }

    private void Pavement(MeshBuilder builder, double from, double to, int side)
    {
        const float H = RoadPlan.KerbHeight;
        Vector3 Point(double s, float lateral, float z) => plan.Path.At(s, side * lateral).At + new Vector3(0, 0, z);
        Vector3 toRoad = plan.Path.FrameAt((from + to) / 2).Right * -side;
        builder.Use(Material.Kerb, TownTag.Sidewalk, 0xD4D0C8);
        builder.Quad(Point(from, Edge, 0), Point(to, Edge, 0), Point(to, Edge, H), Point(from, Edge, H), toRoad,
            (float)from, 0, (float)to, 0.2f, 0.55f, 0.9f);
        SideStrip(builder, from, to, side, Edge, Edge + KerbWidth, H, 1);
        builder.Use(Material.Paving, TownTag.Sidewalk, 0xD2CEC6);
        SideStrip(builder, from, to, side, Edge + KerbWidth, Back, H, 2.4f);
        bool grass = ZoneAt(from, side).GreenVerge;
        builder.Use(grass ? Material.Grass : Material.Paving, grass ? TownTag.Terrain : TownTag.Sidewalk, grass ? 0xD8D8D0u : 0xBEB8AEu);
        SideStrip(builder, from, to, side, Back, Verge, H - 0.01f, grass ? 5 : 3);
    }

    private void SideStrip(MeshBuilder builder, double from, double to, int side, float near, float far, float z, float metres)
    {
        if (side > 0)
            Strip(builder, from, to, near, far, z, metres);
        else
            Strip(builder, from, to, -far, -near, z, metres);
    }

    /// <summary>A level strip along the main road between two lateral offsets.</summary>
    private void Strip(MeshBuilder builder, double from, double to, float left, float right, float height, float metresPerRepeat)
    {
        Vector3 up = new(0, 0, height);
        Vector3 a = plan.Path.At(from, left).At + up, b = plan.Path.At(from, right).At + up;
        Vector3 c = plan.Path.At(to, right).At + up, d = plan.Path.At(to, left).At + up;
        builder.Quad(a, b, c, d, Vector3.UnitZ, left / metresPerRepeat, (float)from / metresPerRepeat, right / metresPerRepeat, (float)to / metresPerRepeat);
    }

    /// <summary>A side street; in its frame x runs along the main road and y away from it.</summary>
    private void SideStreet(RoadPlan.Junction junction, int side, float length)
    {
        Affine frame = SideFrame(junction.Distance, side);
        float half = RoadPlan.SideHalfWidth, end = Edge + length;
        for (float y = Edge; y < end; y += 10)
        {
            float to = MathF.Min(y + 10, end);
            MeshBuilder ground = At(frame.Apply(new Vector3(0, y + 5, 0)), Layer.Ground);
            ground.Frame = frame;
            ground.Use(Material.Asphalt, TownTag.Road, 0xBCBCBC).Floor(-half, y, half, to, 0, 7);
            foreach (int x in (ReadOnlySpan<int>)[-1, 1])
            {
                float start = MathF.Max(y, Back), near = x * half, kerb = x * (half + KerbWidth), far = x * (half + SidePavement), verge = x * (half + 7);
                if (start >= to)
                    continue;
                const float H = RoadPlan.KerbHeight;
                ground.Use(Material.Kerb, TownTag.Sidewalk, 0xD4D0C8);
                ground.WallFace(new(near, start), new(near, to), 0, H, new Vector3(-x, 0, 0), 1, 1, 0.6f, 0.9f);
                Level(ground, near, kerb, start, to, H, 1);
                ground.Use(Material.Paving, TownTag.Sidewalk, 0xCAC6BE);
                Level(ground, kerb, far, start, to, H, 2.4f);
                ground.Use(Material.Grass, TownTag.Terrain, 0xD0D0C8);
                Level(ground, far, verge, MathF.Max(start, Back), to, H - 0.012f, 5);
            }
        }
        foreach (int x in (ReadOnlySpan<int>)[-1, 1])
            Corner(frame, x);
    }

    private static void Level(MeshBuilder builder, float x0, float x1, float y0, float y1, float z, float metres) =>
        builder.Floor(MathF.Min(x0, x1), y0, MathF.Max(x0, x1), y1, z, metres);

    /// <summary>The rounded kerb at a junction's corner: a quarter disc of pavement with asphalt around it.</summary>
    private void Corner(Affine frame, int x)
    {
        const float R = RoadPlan.CornerRadius, H = RoadPlan.KerbHeight;
        const int Pieces = 6;
        MeshBuilder ground = At(frame.Apply(new Vector3(x * CornerAt, Back, 0)), Layer.Ground);
        ground.Frame = frame;
        ground.Use(Material.Asphalt, TownTag.Road, 0xC0C0C0);
        Level(ground, x * RoadPlan.SideHalfWidth, x * CornerAt, Edge, Back, 0, 7);
        Vector3 centre = new(x * CornerAt, Back, H);
        for (int i = 0; i < Pieces; i++)
        {
            float from = 1.5707963f * i / Pieces, to = 1.5707963f * (i + 1) / Pieces;
            Vector3 a = new(-x * Cos(from), -Sin(from), 0), b = new(-x * Cos(to), -Sin(to), 0);
            ground.Use(Material.Paving, TownTag.Sidewalk, 0xD2CEC6);
            Vector3 pa = centre + (a * R), pb = centre + (b * R);
            int ic = ground.Add(centre, Vector3.UnitZ, centre.X / 2.4f, centre.Y / 2.4f);
            ground.Triangle(ic, ground.Add(pa, Vector3.UnitZ, pa.X / 2.4f, pa.Y / 2.4f), ground.Add(pb, Vector3.UnitZ, pb.X / 2.4f, pb.Y / 2.4f));
            ground.Use(Material.Kerb, TownTag.Sidewalk, 0xD4D0C8);
            ground.Quad(pa with { Z = 0 }, pb with { Z = 0 }, pb, pa, a + b, i, 0, i + 1, 0.2f, 0.55f, 0.9f);
        }
    }

    private Affine SideFrame(double distance, int side)
    {
        Affine frame = plan.Path.FrameAt(distance);
        return side > 0 ? frame : new Affine(-frame.Forward, -frame.Right, frame.Up, frame.Origin);
    }

    /// <summary>Grass all around: flat beside the streets, rolling further off.</summary>
    private void BuildTerrain()
    {
        const float Cell = 5;
        const int Margin = 90;
        (float x0, float y0, float x1, float y1) = Extent();
        int columns = (int)((x1 - x0 + (2 * Margin)) / Cell), rows = (int)((y1 - y0 + (2 * Margin)) / Cell);
        float[,] heights = new float[columns + 1, rows + 1];
        Parallel.For(0, columns + 1, i =>
        {
            for (int j = 0; j <= rows; j++)
                heights[i, j] = TerrainHeight(new Vector2(x0 - Margin + (i * Cell), y0 - Margin + (j * Cell)));
        });
        for (int i = 0; i < columns; i++)
        {
            for (int j = 0; j < rows; j++)
            {
                if (MathF.Max(MathF.Max(heights[i, j], heights[i + 1, j]), MathF.Max(heights[i, j + 1], heights[i + 1, j + 1])) < 0)
                    continue;
                float x = x0 - Margin + (i * Cell), y = y0 - Margin + (j * Cell);
                MeshBuilder ground = At(new Vector3(x, y, 0), Layer.Ground).Use(Material.Grass, TownTag.Terrain, 0xD4D4CC);
                Vector3 a = new(x, y, heights[i, j]), b = new(x + Cell, y, heights[i + 1, j]);
                Vector3 c = new(x + Cell, y + Cell, heights[i + 1, j + 1]), d = new(x, y + Cell, heights[i, j + 1]);
                ground.Quad(a, b, c, d, Vector3.UnitZ, x / 6, y / 6, (x + Cell) / 6, (y + Cell) / 6);
            }
        }
    }

    private float TerrainHeight(Vector2 place)
    {
        float clearance = plan.Clearance(place);
        if (clearance < 5)
            return -0.6f;
        float roll = Hill(place, 45) + (0.5f * Hill(place, 19));
        return 0.11f + (SmoothStep(32, 70, clearance) * roll * 3.2f);
    }

    /// <summary>Smooth noise in 0..1 with hills about <paramref name="metres"/> wide.</summary>
    private float Hill(Vector2 place, float metres)
    {
        float x = place.X / metres, y = place.Y / metres, bx = MathF.Floor(x), by = MathF.Floor(y);
        float fx = SmoothStep(0, 1, x - bx), fy = SmoothStep(0, 1, y - by);
        uint salt = (uint)seed;
        return Lerp(
            Lerp(StableRandom.Lattice((int)bx, (int)by, salt), StableRandom.Lattice((int)bx + 1, (int)by, salt), fx),
            Lerp(StableRandom.Lattice((int)bx, (int)by + 1, salt), StableRandom.Lattice((int)bx + 1, (int)by + 1, salt), fx), fy);
    }

    private (float X0, float Y0, float X1, float Y1) Extent()
    {
        (float x0, float y0, float x1, float y1) = (float.MaxValue, float.MaxValue, float.MinValue, float.MinValue);
        for (double s = 0; s < plan.Path.Length; s += 10)
        {
            Vector3 at = plan.Path.At(s, 0).At;
            (x0, y0, x1, y1) = (MathF.Min(x0, at.X), MathF.Min(y0, at.Y), MathF.Max(x1, at.X), MathF.Max(y1, at.Y));
        }
        return (x0, y0, x1, y1);
    }
}
