namespace EdgeSimToReal.Core.Networks;

/// <summary>A parameter's key and shape.</summary>
/// <param name="Name">The reference's key, e.g. "E.FromRGB.Conv.weight".</param>
/// <param name="Shape">Sizes of its dimensions.</param>
public sealed record ParameterShape(string Name, int[] Shape)
{
    /// <summary>Number of values.</summary>
    public long Count => Shape.Aggregate(1L, (count, size) => count * size);

    /// <summary>The shape as text, e.g. "[64, 3, 3, 3]".</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
