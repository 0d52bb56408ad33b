namespace EdgeSimToReal.Core.Weights;

/// <summary>A named fp32 array, as weights files and exporters pass it.</summary>
/// <param name="Shape">Sizes of the dimensions; empty for a scalar.</param>
/// <param name="Values">Row-major values; as many as the product of the shape.</param>
public sealed record WeightTensor(int[] Shape, float[] Values)
{
    /// <summary>Number of values.</summary>
    public int Count => Values.Length;

    /// <summary>The shape as text, e.g. "[64, 3, 3, 3]".</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
