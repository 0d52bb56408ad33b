namespace EdgeSimToReal.Evaluation.Guarding;

/// <summary>One way in which labels can be wrong, and how well the guard found it.</summary>
public sealed record GuardTestCase
{
    /// <summary>What was done.</summary>
    public required string Name { get; init; }

    /// <summary>Frames that it was done to.</summary>
    public required int Frames { get; init; }

    /// <summary>Area under the curve.</summary>
    public required double Area { get; init; }

    /// <summary>The area of alignment alone.</summary>
    public required double AlignmentArea { get; init; }

    /// <summary>The area of how well labels fit relative to the untranslated picture, alone.</summary>
    public required double KeptArea { get; init; }

    /// <summary>The area of persons and vehicles alone.</summary>
    public required double ObjectsArea { get; init; }

    /// <summary>Share found at the guard's threshold.</summary>
    public required double Found { get; init; }

    /// <summary>Share found when 1 % of good frames fail.</summary>
    public required double FoundAt1Percent { get; init; }

    /// <summary>Share found when 5 % of good frames fail.</summary>
    public required double FoundAt5Percent { get; init; }

    /// <summary>Share found when 10 % of good frames fail.</summary>
    public required double FoundAt10Percent { get; init; }

    /// <summary>The curve.</summary>
    public required IReadOnlyList<RocPoint> Curve { get; init; }
}
