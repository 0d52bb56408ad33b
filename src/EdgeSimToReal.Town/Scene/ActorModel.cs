namespace EdgeSimToReal.Town.Scene;

/// <summary>The shapes of movable actors. All stand on their pose's point: the ground below their middle.</summary>
public enum ActorModel : byte
{
    /// <summary>A four-door car.</summary>
    Sedan,

    /// <summary>A small car.</summary>
    Hatchback,

    /// <summary>A tall car.</summary>
    OffRoader,

    /// <summary>A delivery van.</summary>
    Van,

    /// <summary>A box truck.</summary>
    Truck,

    /// <summary>A city bus.</summary>
    Bus,

    /// <summary>A motorcycle with its rider.</summary>
    Motorcycle,

    /// <summary>A bicycle with its rider.</summary>
    Bicycle,

    /// <summary>A person on foot.</summary>
    Walker,
}
