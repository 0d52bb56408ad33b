namespace EdgeSimToReal.Runtime.Kernels;

/// <summary>What makes bfloat16 faster than floats on a processor.</summary>
public enum Bf16Gain
{
    /// <summary>Nothing: it would be emulated, or its products are no faster.</summary>
    None,

    /// <summary>AVX512-BF16, whose products were measured to be faster here than multiply-additions of floats.</summary>
    DotProducts,

    /// <summary>AMX.</summary>
    Tiles,
}
