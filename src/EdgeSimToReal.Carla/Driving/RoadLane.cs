namespace EdgeSimToReal.Carla.Driving;

/// <summary>A lane of a lane section.</summary>
/// <param name="Id">Negative to the right of the reference line, driven along it; positive to the left, driven against it.</param>
/// <param name="Kind">Who uses it.</param>
/// <param name="Widths">By distance from the section's start.</param>
/// <param name="Predecessor">The lane's id in the section, or road, before; null for none.</param>
/// <param name="Successor">The lane's id in the section, or road, after; null for none.</param>
internal sealed record RoadLane(int Id, LaneKind Kind, RoadPolynomial[] Widths, int? Predecessor, int? Successor);
