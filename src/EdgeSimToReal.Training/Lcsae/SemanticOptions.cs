namespace EdgeSimToReal.Training.Lcsae;

/// <summary>How both semantic losses weigh classes (LC-SAE report, chapter 5: its future work).</summary>
public sealed record SemanticOptions
{
    /// <summary>Where the class weights come from.</summary>
    public ClassWeighting ClassWeighting { get; init; } = ClassWeighting.None;

    /// <summary>For <see cref="ClassWeighting.Given"/>: weights by class name; classes that are not named have 1.</summary>
    public IReadOnlyDictionary<string, double> ClassWeights { get; init; } = new Dictionary<string, double>();

    /// <summary>
    /// For <see cref="ClassWeighting.Importance"/>: the weight of traffic actors and signs (person, vehicle, traffic light, traffic sign,
    /// pole); all others have 1.
    /// </summary>
    public double ImportantWeight { get; init; } = 4;

    /// <summary>The factor of soft Dice beside the likelihood; 0: none.</summary>
    public double Dice { get; init; }

    /// <summary>Names of classes that neither loss looks at.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];
}
