namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>A pair that can't be used, and why.</summary>
/// <param name="Fault">The kind of fault.</param>
/// <param name="Path">The file that is there: the image, or a label image without one.</param>
/// <param name="Detail">What exactly, e.g. which ids on how many pixels, as part of a sentence.</param>
public sealed record PairProblem(PairFault Fault, string Path, string Detail)
{
    /// <inheritdoc/>
    public override string ToString() => $"'{Path}': {Detail}";
}
