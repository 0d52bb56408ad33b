namespace EdgeSimToReal.Kernels;

/// <summary>fp32.</summary>
internal readonly struct SingleElement : IElement<float>
{
    /// <inheritdoc/>
    public float Load(float element) => element;

    /// <inheritdoc/>
    public float Store(float value) => value;
}
