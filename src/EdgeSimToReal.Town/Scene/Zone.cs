namespace EdgeSimToReal.Town.Scene;

/// <summary>A stretch of one side of the street.</summary>
/// <param name="Kind">Its character.</param>
internal readonly record struct Zone(ZoneKind Kind)
{
    /// <summary>Whether grass, not paving, lies behind the pavement.</summary>
    public bool GreenVerge => Kind is ZoneKind.Suburb or ZoneKind.Park or ZoneKind.Works or ZoneKind.Flats;
}
