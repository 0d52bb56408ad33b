namespace EdgeSimToReal.Training.Lcsae;

/// <summary>Whose features hold hybrids and reconstructions to what is real.</summary>
public sealed record PerceptualOptions
{
    /// <summary>
    /// Stages of the ImageNet network ResNet18 that are compared, from 1/2 of the images' sides down, 1 … 5; 0: the stages of the outer
    /// segmenters.
    /// </summary>
    public int Levels { get; init; }

    /// <summary>The network's file; null: the one beside the program.</summary>
    public string? Network { get; init; }
}
