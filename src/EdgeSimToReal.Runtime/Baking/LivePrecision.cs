namespace EdgeSimToReal.Runtime.Baking;

/// <summary>The numbers that a live graph computes with on the CPU.</summary>
public enum LivePrecision
{
    /// <summary>bf16 where this processor is faster with it, else fp32.</summary>
    Auto,

    /// <summary>32-bit floats throughout.</summary>
    Fp32,

    /// <summary>
    /// Activations and weights are bfloat16 (8 binary places), sums 32-bit floats; needs the library that
    /// <see cref="Kernels.CustomOps"/> locates, and runs on any processor.
    /// </summary>
    Bf16,
}
