using static TorchSharp.torch;

namespace EdgeSimToReal.Networks;

/// <summary>All that the generator takes of an image's structure.</summary>
/// <param name="Deep">The structure code [N, S, H/s, W/s], of unit norm over its channels.</param>
/// <param name="Pyramid">
/// The structure pyramid's levels [N, P, H/2^i, W/2^i], finest first, standardised over space; empty where the configuration has none.
/// </param>
/// <param name="Picture">
/// The image [N, 3, H, W], standardised over space for each channel, fp32: what colour transforms apply to; null without them.
/// </param>
public sealed record StructureCodes(Tensor Deep, IReadOnlyList<Tensor> Pyramid, Tensor? Picture)
{
    /// <summary>The codes of chosen images, in the order of their indices.</summary>
    /// <param name="index">int64 [M], each 0 … N - 1.</param>
    /// <returns>Codes of M images, owned by the current dispose scope.</returns>
    public StructureCodes Select(Tensor index) => new(Deep[index], [.. Pyramid.Select(level => level[index])], Picture?[index]);

    /// <summary>Moves all tensors to the dispose scope around the current one.</summary>
    /// <returns>The same codes.</returns>
    internal StructureCodes MoveToOuterDisposeScope()
    {
        Deep.MoveToOuterDisposeScope();
        foreach (Tensor level in Pyramid)
            level.MoveToOuterDisposeScope();
        Picture?.MoveToOuterDisposeScope();
        return this;
    }
}
