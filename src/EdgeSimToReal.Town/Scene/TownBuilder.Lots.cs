using System.Numerics;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Scene;

/// <content>What stands where along the streets.</content>
internal sealed partial class TownBuilder
{
    private const float ClaimCell = 2;

    private readonly HashSet<(int X, int Y)> _claimed = [];

    private Zone ZoneAt(double distance, int side)
    {
        int count = Math.Max(1, (int)(plan.Path.Length / 88));
        int index = (int)(distance / plan.Path.Length * count);
        ulong hash = StableRandom.Hash(seed ^ StableRandom.Hash((ulong)((index * 2) + (side > 0 ? 1 : 0) + 1000)));
        ReadOnlySpan<ZoneKind> kinds =
        [
            ZoneKind.Terrace, ZoneKind.OldTown, ZoneKind.Flats, ZoneKind.Offices, ZoneKind.Suburb, ZoneKind.Park, ZoneKind.Works, ZoneKind.OldTown,
            ZoneKind.Flats,
        ];
        return new Zone(kinds[(int)(hash % (ulong)kinds.Length)]);
    }

    private void BuildLots()
    {
        for (int side = -1; side <= 1; side += 2)
        {
            var random = new StableRandom(StableRandom.Hash(seed + (ulong)(side + 5)));
            for (double s = 0; s < plan.Path.Length;)
            {
                float width = Lot(s, side, ref random);
                s += width;
            }
        }
        foreach (RoadPlan.Junction junction in plan.Junctions)
        {
            var random = new StableRandom(StableRandom.Hash(seed + (ulong)junction.Index + 400));
            SideLots(junction, -1, junction.LeftLength, ref random);
            SideLots(junction, 1, junction.RightLength, ref random);
        }
        BackRow();
    }

    /// <summary>Builds one lot at a distance along the road; returns its width.</summary>
    private float Lot(double s, int side, ref StableRandom random)
    {
        ZoneKind kind = ZoneAt(s, side).Kind;
        (float width, float depth, float setback) = LotSize(kind, ref random);
        double middle = s + (width / 2);
        Affine frame = SideFrame(middle, side);
        bool bend = Dot(SideFrame(middle - (width / 2), side).Right, SideFrame(middle + (width / 2), side).Right) < 0.999f;
        float gap = kind is ZoneKind.Terrace or ZoneKind.OldTown ? 0 : random.Range(3, 8);
        bool free = !bend && !plan.InGap(middle, side, CornerAt + (width / 2) - RoadPlan.SideHalfWidth + 1);
        Vector3 front = frame.Apply(new Vector3(0, Back + setback, 0.12f));
        if (kind != ZoneKind.Park && free && Claim(frame with { Origin = front }, width, depth))
            Building(frame with { Origin = front }, kind, width, depth, ref random);
        else
            Greenery(frame, width, ref random);
        if (!bend)
            Boundary(frame, kind, width + gap, setback, ref random);
        return width + gap;
    }

    private static (float Width, float Depth, float Setback) LotSize(ZoneKind kind, ref StableRandom random) => kind switch
    {
        ZoneKind.Terrace => (random.Int(2) == 0 ? 6 : 9, 11, 2.4f),
        ZoneKind.OldTown => (3 * (3 + random.Int(3)), 12, 0.3f),
        ZoneKind.Flats => (3 * (6 + random.Int(4)), 13, random.Range(4, 8)),
        ZoneKind.Offices => (3 * (6 + random.Int(4)), 18, random.Range(1.5f, 4)),
        ZoneKind.Suburb => (3 * (3 + random.Int(2)), 9, random.Range(5.5f, 8)),
        ZoneKind.Works => (random.Range(18, 28), 18, random.Range(5, 9)),
        _ => (14, 10, 4),
    };

    private void SideLots(RoadPlan.Junction junction, int side, float length, ref StableRandom random)
    {
        if (length == 0)
            return;
        Affine street = SideFrame(junction.Distance, side);
        ReadOnlySpan<ZoneKind> kinds = [ZoneKind.Terrace, ZoneKind.OldTown, ZoneKind.Flats, ZoneKind.Suburb];
        foreach (int x in (ReadOnlySpan<int>)[-1, 1])
        {
            ZoneKind kind = random.Pick(kinds);
            for (float y = Back + 3; y < Edge + length - 4;)
            {
                (float width, float depth, float setback) = LotSize(kind, ref random);
                // The building's x axis runs along the side street, its y axis away from it.
                Vector3 front = street.Apply(new Vector3(x * (RoadPlan.SideHalfWidth + SidePavement + 0.9f + setback), y + (width / 2), 0.12f));
                var frame = new Affine(street.Right * -x, street.Forward * x, street.Up, front);
                if (Claim(frame, width, depth))
                    Building(frame, kind, width, depth, ref random);
                else if (random.Chance(0.4f))
                    PlantTree(frame.Apply(new Vector3(0, 4, 0)), ref random);
                y += width + (kind is ZoneKind.Terrace or ZoneKind.OldTown ? 0.02f : random.Range(2, 6));
            }
        }
        // A house closes the view at the street's end.
        Vector3 end = street.Apply(new Vector3(0, Edge + length + 5, 0.12f));
        Affine closing = street with { Origin = end };
        if (Claim(closing, 24, 12))
            Building(closing, random.Pick<ZoneKind>([ZoneKind.Flats, ZoneKind.Offices, ZoneKind.OldTown]), 24, 12, ref random);
    }

    /// <summary>Taller houses behind the first row fill the skyline.</summary>
    private void BackRow()
    {
        var random = new StableRandom(StableRandom.Hash(seed ^ 0xBAC));
        for (double s = 0; s < plan.Path.Length; s += random.Range(26, 48))
        {
            for (int side = -1; side <= 1; side += 2)
            {
                if (!random.Chance(0.7f))
                    continue;
                Affine frame = SideFrame(s, side);
                float width = 3 * (5 + random.Int(5)), depth = random.Range(12, 18);
                Affine place = frame with { Origin = frame.Apply(new Vector3(random.Range(-6, 6), random.Range(36, 60), 0)) };
                if (!Claim(place, width, depth))
                    continue;
                if (random.Chance(0.7f))
                {
                    Building(place, random.Chance(0.5f) ? ZoneKind.Offices : ZoneKind.Flats, width, depth, ref random);
                }
                else
                {
                    for (int i = 0; i < 5; i++)
                        PlantTree(place.Apply(new Vector3(random.Range(-10, 10), random.Range(0, 14), -0.1f)), ref random);
                }
            }
        }
    }

    private void Greenery(Affine frame, float width, ref StableRandom random)
    {
        int count = 1 + random.Int(3);
        for (int i = 0; i < count; i++)
        {
            Vector3 at = frame.Apply(new Vector3(random.Range(-width / 2, width / 2), Back + random.Range(2.5f, 18), 0.1f));
            if (plan.Clearance(new Vector2(at.X, at.Y)) < 4.6f || IsClaimed(at))
                continue;
            if (random.Chance(0.65f))
                PlantTree(at, ref random);
            else
                Bush(at, ref random);
        }
    }

    /// <summary>Marks a building's ground as taken; false, and nothing marked, where a street or another building is.</summary>
    private bool Claim(Affine front, float width, float depth)
    {
        for (int pass = 0; pass < 2; pass++)
        {
            for (float x = -width / 2; x <= width / 2 + 0.01f; x += MathF.Min(ClaimCell, width / 2))
            {
                for (float y = 0.2f; y <= depth; y += ClaimCell)
                {
                    Vector3 at = front.Apply(new Vector3(x * 0.98f, y, 0));
                    if (pass == 1)
                        _claimed.Add(Cell(at));
                    else if ((MathF.Abs(x) < (width / 2) - 1 && _claimed.Contains(Cell(at))) || plan.Clearance(new Vector2(at.X, at.Y)) < 3.3f)
                        return false;
                }
            }
        }
        return true;
    }

    private bool IsClaimed(Vector3 at) => _claimed.Contains(Cell(at));

    private static (int X, int Y) Cell(Vector3 at) => ((int)MathF.Floor(at.X / ClaimCell), (int)MathF.Floor(at.Y / ClaimCell));
}
