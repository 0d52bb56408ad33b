namespace EdgeSimToReal.Town.Scene;

/// <summary>The character of a stretch of one side of the street.</summary>
internal enum ZoneKind
{
    /// <summary>Brick houses wall to wall, with stoops.</summary>
    Terrace,

    /// <summary>Old plastered houses with shops below.</summary>
    OldTown,

    /// <summary>Blocks of flats with balconies.</summary>
    Flats,

    /// <summary>Office towers.</summary>
    Offices,

    /// <summary>Detached houses behind fences and hedges.</summary>
    Suburb,

    /// <summary>Trees and lawn.</summary>
    Park,

    /// <summary>Halls, walls and wire fences.</summary>
    Works,
}
