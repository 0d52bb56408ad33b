namespace EdgeSimToReal.Evaluation.Stability;

/// <summary>A video on which a model's stability is measured.</summary>
/// <param name="Name">What it is, for the report.</param>
/// <param name="ExactFlow">Whether frames come with exact motion; it is estimated from the source's pictures else.</param>
/// <param name="Frames">The frames in order, all of one size; read once.</param>
/// <param name="Count">How many they are at most.</param>
public sealed record StabilityVideo(string Name, bool ExactFlow, IEnumerable<FlowFrame> Frames, int Count)
{
    /// <summary>Where it is, as it was given; null for one that is rendered.</summary>
    public string? Path { get; init; }

    /// <summary>The files that are read, in order.</summary>
    public IEnumerable<string> Files { get; init; } = [];
}
