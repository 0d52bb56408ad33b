using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Trainer.Verbs;

/// <summary>What a person gives to a bundle.</summary>
public sealed record BundleTexts
{
    /// <summary>Name, data, licence and figures; null: what the training knows.</summary>
    public BundleDescription? Description { get; init; }

    /// <summary>The model card, Markdown; null: what the training knows.</summary>
    public string? Card { get; init; }

    /// <summary>Photographs whose texture codes the bundle carries.</summary>
    public IReadOnlyDictionary<string, Frame> Textures { get; init; } = new Dictionary<string, Frame>();

    /// <summary>Whether the bundle's graphs store large weights in 16 bits.</summary>
    public bool HalfWeights { get; init; }
}
