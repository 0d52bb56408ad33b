using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Carla.Driving;

/// <summary>A road of an OpenDRIVE map.</summary>
internal sealed record Road(string Id, double Length, RoadGeometry[] Geometries, RoadPolynomial[] Elevations, RoadPolynomial[] LaneOffsets,
    RoadSection[] Sections, RoadLink? Predecessor, RoadLink? Successor)
{
    /// <summary>The section at a place.</summary>
    public int SectionAt(double s)
    {
        int index = Sections.Length - 1;
        while (index > 0 && Sections[index].S > s)
            index--;
        return index;
    }

    /// <summary>Where a section ends.</summary>
    public double EndOf(int section) => section + 1 < Sections.Length ? Sections[section + 1].S : Length;

    /// <summary>A lane's middle, in CARLA's left-handed axes, heading the way the lane is driven.</summary>
    public Pose At(double s, int section, int lane)
    {
        int index = Geometries.Length - 1;
        while (index > 0 && Geometries[index].S > s)
            index--;
        RoadGeometry geometry = Geometries[index];
        (double x, double y, double heading) = geometry.At(Math.Clamp(s - geometry.S, 0, geometry.Length));
        double offset = RoadPolynomial.Evaluate(LaneOffsets, s) + Sections[section].MiddleOf(lane, s);
        x -= Math.Sin(heading) * offset;
        y += Math.Cos(heading) * offset;
        double yaw = -heading + (lane > 0 ? Math.PI : 0);
        double degrees = Math.IEEERemainder(yaw, 2 * Math.PI) * 180 / Math.PI;
        return new((float)x, (float)-y, (float)RoadPolynomial.Evaluate(Elevations, s), 0, (float)degrees, 0);
    }
}
