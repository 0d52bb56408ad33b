namespace EdgeSimToReal.Carla.Driving;

/// <summary>A stretch of a road with the same lanes.</summary>
/// <param name="S">Where it begins.</param>
/// <param name="Lanes">All but the centre lane.</param>
internal sealed record RoadSection(double S, RoadLane[] Lanes)
{
    /// <summary>The lane with an id; null for none.</summary>
    public RoadLane? Find(int id) => Array.Find(Lanes, lane => lane.Id == id);

    /// <summary>Distance of a lane's middle from the reference line, to the left positive.</summary>
    public double MiddleOf(int id, double s)
    {
        int side = Math.Sign(id);
        double offset = 0;
        for (int lane = side; lane != id; lane += side)
            offset += Find(lane) is { } inner ? RoadPolynomial.Evaluate(inner.Widths, s - S) : 0;
        offset += Find(id) is { } own ? RoadPolynomial.Evaluate(own.Widths, s - S) / 2 : 0;
        return side * offset;
    }
}
