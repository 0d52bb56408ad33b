namespace EdgeSimToReal.Carla.Driving;

/// <summary>What a road ends at.</summary>
/// <param name="Id">A road's or junction's id.</param>
/// <param name="IsJunction">Which of both.</param>
/// <param name="AtStart">The other road's end that is met; of no meaning for a junction.</param>
internal sealed record RoadLink(string Id, bool IsJunction, bool AtStart);
