namespace EdgeSimToReal.Cli.Ablating;

/// <summary>A picture in the layout of the paper's figures 4.2 to 4.4.</summary>
public sealed record PlanFigure
{
    /// <summary>The file's name without ".png".</summary>
    public required string Name { get; init; }

    /// <summary>The variant that stands as baseline.</summary>
    public required string Baseline { get; init; }

    /// <summary>The variant that is compared with it.</summary>
    public required string Ours { get; init; }

    /// <summary>Structures to show, by their place among those that are evaluated, from 0; none: three, spread evenly.</summary>
    public IReadOnlyList<int> Frames { get; init; } = [];
}
