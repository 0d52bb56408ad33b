using System.Text.Json;

namespace EdgeSimToReal.Cli.Ablating;

/// <summary>A variant that a plan names.</summary>
public sealed record PlanVariant
{
    /// <summary>Its name, and its folder's: letters, digits and any of "-_.=,+".</summary>
    public required string Name { get; init; }

    /// <summary>The trainer's preset; null: the plan's.</summary>
    public string? Preset { get; init; }

    /// <summary>Keys of the trainer's configuration with their values, on top of the plan's.</summary>
    public IReadOnlyDictionary<string, JsonElement> Set { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The row of the paper's table 4.3 that it repeats; null: none.</summary>
    public PlanPaperRow? Paper { get; init; }
}
