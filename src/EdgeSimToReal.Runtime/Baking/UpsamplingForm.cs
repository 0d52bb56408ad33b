namespace EdgeSimToReal.Runtime.Baking;

/// <summary>Exact ways to write "transposed 3x3 convolution of stride 2, then FIR filter 1-3-3-1".</summary>
/// <remarks>
/// Others were measured and lost with ONNX Runtime's own operators: one 2x2 convolution to the four phases, interleaved, and both steps
/// composed into one 3x3 convolution a phase; the interleaving costs what the convolution gains.
/// </remarks>
public enum UpsamplingForm
{
    /// <summary>The two operators as they are.</summary>
    TransposedConvolution,

    /// <summary>
    /// A convolution to each of the four phases (no multiplications by 0), the rest in a native operator, and the other styled
    /// convolutions whole in another; needs the library that <see cref="Kernels.CustomOps"/> locates.
    /// </summary>
    FusedTails,

    /// <summary>
    /// For a GPU: the transposed convolution as it is, since cuDNN multiplies by no 0 there, and all that follows any convolution in one
    /// native operator; the encoder's filters are native, too. Needs what <see cref="Kernels.CudaOps.Refusal()"/> tells of.
    /// </summary>
    CudaTails,
}
