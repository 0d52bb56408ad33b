namespace EdgeSimToReal.Runtime.Baking;

/// <summary>The numbers that a live graph computes with.</summary>
public enum LivePrecision
{
    /// <summary>On a GPU fp16 where the model was measured for it, on the CPU bf16 where it is faster, else fp32.</summary>
    Auto,

    /// <summary>32-bit floats throughout.</summary>
    Fp32,

    /// <summary>
    /// Activations and weights are bfloat16 (8 binary places), sums 32-bit floats; needs the library that
    /// <see cref="Kernels.CustomOps"/> locates, and runs on any processor.
    /// </summary>
    Bf16,

    /// <summary>On a GPU: 16-bit floats but for the layers that <see cref="Core.Bundles.BundleHalf"/> names; sums are 32-bit floats.</summary>
    Fp16,
}
