namespace EdgeSimToReal.Carla.Driving;

/// <summary>A way through a junction.</summary>
/// <param name="Junction">The junction.</param>
/// <param name="IncomingRoad">Where one comes from.</param>
/// <param name="ConnectingRoad">The road inside the junction.</param>
/// <param name="AtStart">Which of its ends is met.</param>
/// <param name="Lanes">From the incoming road's lane to the connecting road's.</param>
internal sealed record RoadConnection(
    string Junction, string IncomingRoad, string ConnectingRoad, bool AtStart, (int From, int To)[] Lanes);
