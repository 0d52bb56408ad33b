namespace EdgeSimToReal.Kernels;

/// <summary>fp16, as bits.</summary>
internal readonly struct HalfElement : IElement<ushort>
{
    /// <inheritdoc/>
    public float Load(ushort element) => DeviceMath.FromHalf(element);

    /// <inheritdoc/>
    public ushort Store(float value) => DeviceMath.ToHalf(value);
}
