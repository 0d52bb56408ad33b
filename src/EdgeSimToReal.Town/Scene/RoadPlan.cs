using System.Numerics;

namespace EdgeSimToReal.Town.Scene;

/// <summary>The main road with its junctions, before anything is built along it.</summary>
internal sealed class RoadPlan
{
    /// <summary>Height of pavements above the road, metres.</summary>
    public const float KerbHeight = 0.14f;

    /// <summary>Half width of side streets, metres.</summary>
    public const float SideHalfWidth = 4.2f;

    /// <summary>Width of the pavements, metres.</summary>
    public const float PavementWidth = 3.4f;

    /// <summary>Radius of the kerb at junction corners, metres.</summary>
    public const float CornerRadius = 3.4f;

    public RoadPlan(ulong seed)
    {
        Path = new DrivePath(seed);
        var random = new StableRandom(StableRandom.Hash(seed ^ 0x6A756E63));
        var junctions = new List<Junction>();
        foreach ((double start, double length, bool straight) in Path.Segments)
        {
            if (!straight || length < 70)
                continue;
            int count = length > 230 ? 2 : 1;
            for (int i = 0; i < count; i++)
            {
                double at = start + (length * (i + 0.5) / count) + random.Range(-8, 8);
                (bool left, bool right) = (random.Chance(0.8f), random.Chance(0.8f));
                float leftLength = left || !right ? FreeLength(at, -1) : 0, rightLength = right ? FreeLength(at, 1) : 0;
                if (leftLength > 0 || rightLength > 0)
                    junctions.Add(new Junction(at, leftLength, rightLength, junctions.Count));
            }
        }
        Junctions = [.. junctions];
    }

    public DrivePath Path { get; }

    public Junction[] Junctions { get; } = [];

    /// <summary>Whether a pavement (on the side of <paramref name="lateral"/>'s sign) is broken there by a side street, with some margin.</summary>
    public bool InGap(double distance, float lateral, double margin = 0)
    {
        foreach (Junction junction in Junctions)
        {
            if ((lateral < 0 ? junction.LeftLength : junction.RightLength) > 0 && Math.Abs(Apart(distance, junction.Distance)) < SideHalfWidth + margin)
                return true;
        }
        return false;
    }

    /// <summary>Signed way along the loop from <paramref name="to"/> to <paramref name="from"/>, at most half a loop.</summary>
    public double Apart(double from, double to)
    {
        double gap = from - to;
        return gap - (Math.Floor((gap / Path.Length) + 0.5) * Path.Length);
    }

    public float GroundHeight(double distance, float lateral) =>
        MathF.Abs(lateral) < DrivePath.HalfWidth || InGap(distance, lateral) ? 0 : KerbHeight;

    /// <summary>Metres from a place to the nearest carriageway's edge; negative on a carriageway.</summary>
    public float Clearance(Vector2 place)
    {
        (double distance, _) = Path.Nearest(place.X, place.Y);
        Vector3 foot = Path.At(distance, 0).At;
        float best = MathF.Sqrt(((foot.X - place.X) * (foot.X - place.X)) + ((foot.Y - place.Y) * (foot.Y - place.Y))) - DrivePath.HalfWidth;
        foreach (Junction junction in Junctions)
        {
            Vector3 local = Path.FrameAt(junction.Distance).Inverse(new Vector3(place, 0));
            float across = MathF.Abs(local.X) - SideHalfWidth, length = local.Y < 0 ? junction.LeftLength : junction.RightLength;
            if (length == 0)
                continue;
            float along = MathF.Abs(local.Y) - DrivePath.HalfWidth - length;
            float outside = across > 0 && along > 0 ? MathF.Sqrt((across * across) + (along * along)) : MathF.Max(across, along);
            best = MathF.Min(best, outside);
        }
        return best;
    }

    /// <summary>How long a side street can be before it comes near another part of the main road; 0 where there is no room.</summary>
    private float FreeLength(double distance, int side)
    {
        Affine frame = Path.FrameAt(distance);
        for (float length = 30; length <= 110; length += 10)
        {
            Vector3 end = frame.Apply(new Vector3(0, side * (DrivePath.HalfWidth + length), 0));
            (double near, _) = Path.Nearest(end.X, end.Y);
            Vector3 foot = Path.At(near, 0).At;
            float gap = MathF.Sqrt(((foot.X - end.X) * (foot.X - end.X)) + ((foot.Y - end.Y) * (foot.Y - end.Y)));
            if (gap < MathF.Min(length, 42))
                return length > 40 ? length - 10 : 0;
        }
        return 110;
    }

    /// <summary>A crossing with side streets to the left and right; lengths in metres, 0 for none.</summary>
    internal readonly record struct Junction(double Distance, float LeftLength, float RightLength, int Index);
}
