using EdgeSimToReal.Core;

namespace EdgeSimToReal.Town.Scene;

/// <summary>What town to build.</summary>
public sealed record TownOptions
{
    /// <summary>Everything that varies follows from it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Vehicles that drive by themselves, both directions together, 0..200.</summary>
    public int Vehicles { get; init; } = 40;

    /// <summary>People who walk by themselves, 0..600.</summary>
    public int Pedestrians { get; init; } = 120;

    internal void Check()
    {
        if (Vehicles is < 0 or > 200)
            throw new EdgeSimException($"A town with {Vehicles} vehicles can't be built.", "Ask for 0 to 200.");
        if (Pedestrians is < 0 or > 600)
            throw new EdgeSimException($"A town with {Pedestrians} pedestrians can't be built.", "Ask for 0 to 600.");
    }
}
