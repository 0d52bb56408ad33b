namespace EdgeSimToReal.Cli.Ablating;

/// <summary>A row of the paper's table 4.3, by its weights.</summary>
public sealed record PlanPaperRow
{
    /// <summary>λ_out.</summary>
    public required double Outer { get; init; }

    /// <summary>λ_in.</summary>
    public required double Inner { get; init; }
}
