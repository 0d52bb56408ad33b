namespace EdgeSimToReal.Runtime.Baking;

/// <summary>Exact ways to write "transposed 3x3 convolution of stride 2, then FIR filter 1-3-3-1"; which is fastest is measured.</summary>
public enum UpsamplingForm
{
    /// <summary>The two operators as they are.</summary>
    TransposedConvolution,

    /// <summary>A 2x2 convolution to the four phases, interleaved, then the FIR filter: 16/9 of the multiplications.</summary>
    PhasesThenFilter,

    /// <summary>Both composed into one 3x3 convolution to the four phases: 4 times the multiplications, fewest passes over memory.</summary>
    ComposedPhases,

    /// <summary>
    /// A convolution to each of the four phases (no multiplications by 0), the rest in native operators, here and after the other
    /// styled convolutions; needs the library that <see cref="Kernels.CustomOps"/> locates.
    /// </summary>
    FusedTails,
}
