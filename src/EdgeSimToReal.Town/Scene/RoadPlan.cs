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
                (bool left, bool right) = (random.Chance(0.75f), random.Chance(0.75f));
                junctions.Add(new Junction(at, left || !right, right, junctions.Count));
            }
        }
        Junctions = junctions;
    }

    public DrivePath Path { get; }

    public IReadOnlyList<Junction> Junctions { get; }

    /// <summary>Whether a pavement (on the side of <paramref name="lateral"/>'s sign) is broken there by a side street, with some margin.</summary>
    public bool InGap(double distance, float lateral, double margin = 0)
    {
        foreach (Junction junction in Junctions)
        {
            if ((lateral < 0 ? junction.Left : junction.Right) && Math.Abs(Apart(distance, junction.Distance)) < SideHalfWidth + margin)
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

    /// <summary>A crossing with a side street to the left, the right, or both.</summary>
    internal readonly record struct Junction(double Distance, bool Left, bool Right, int Index);
}
