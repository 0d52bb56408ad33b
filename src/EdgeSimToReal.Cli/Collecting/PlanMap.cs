namespace EdgeSimToReal.Cli.Collecting;

/// <summary>A map to collect on.</summary>
public sealed record PlanMap
{
    /// <summary>E.g. "Town10HD_Opt"; the simulator's own folders may be left out.</summary>
    public required string Name { get; init; }

    /// <summary>Its share of the frames, relative to the other maps' shares.</summary>
    public double Share { get; init; } = 1;
}
