namespace EdgeSimToReal.Carla.Driving;

/// <summary>Who uses a lane.</summary>
internal enum LaneKind
{
    /// <summary>Nobody that is moved here.</summary>
    Other,

    /// <summary>Cars.</summary>
    Driving,

    /// <summary>People on foot.</summary>
    Sidewalk,
}
