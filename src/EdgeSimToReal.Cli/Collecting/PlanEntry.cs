namespace EdgeSimToReal.Cli.Collecting;

/// <summary>One combination of a plan.</summary>
/// <param name="Map">The map; null: the one that runs.</param>
/// <param name="Weather">The weather; null: the present one.</param>
/// <param name="Camera">The camera.</param>
/// <param name="Frames">Frames to keep.</param>
public sealed record PlanEntry(string? Map, PlanWeather? Weather, PlanCamera Camera, int Frames)
{
    /// <summary>What the manifest says of it, as one text: frames of one entry have the same.</summary>
    public string Key => KeyOf(Map, Weather?.Name, Camera.Name);

    /// <summary>The entry that a manifest line belongs to.</summary>
    public static string KeyOf(string? map, string? weather, string? camera) => $"{map ?? "present"}/{weather ?? "present"}/{camera}";
}
