using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Kernels;

namespace EdgeSimToReal.Runtime.Baking;

/// <summary>How a live graph is baked; part of the cache's key.</summary>
/// <param name="Width">The network's picture width, a multiple of the bundle's size multiple.</param>
/// <param name="Height">The network's picture height, a multiple of the bundle's size multiple.</param>
public sealed record BakeOptions(int Width, int Height)
{
    /// <summary>Whether the fixed noise maps are added; without them pictures are too smooth for judges.</summary>
    public bool Noise { get; init; } = true;

    /// <summary>How the generator's up-sampling convolutions are written; by default the fastest form that this machine can run.</summary>
    public UpsamplingForm Upsampling { get; init; } =
        CustomOps.TryLocate() is null ? UpsamplingForm.TransposedConvolution : UpsamplingForm.FusedTails;

    /// <summary>
    /// Whether the operators of <see cref="UpsamplingForm.CudaTails"/> take channels last: then nothing is laid out anew between them and
    /// convolutions that do so, too (<see cref="CudaSessionOptions.ChannelsLast"/>). Other forms don't know it.
    /// </summary>
    public bool ChannelsLast { get; init; } = true;

    /// <summary>
    /// What the graph computes with: <see cref="LivePrecision.Bf16"/>, which makes <see cref="Upsampling"/> irrelevant, for a GPU
    /// <see cref="LivePrecision.Fp16"/>, else fp32.
    /// </summary>
    public LivePrecision Precision { get; init; } = LivePrecision.Fp32;

    /// <summary>The same for the machine's GPU: native operators where it takes them, else standard ones.</summary>
    /// <param name="session">How ONNX Runtime will compute.</param>
    public BakeOptions ForCuda(CudaSessionOptions session) => ForCuda(session, CudaOps.Refusal() is null);

    /// <summary>The same for a GPU.</summary>
    /// <param name="session">How ONNX Runtime will compute.</param>
    /// <param name="native">Whether it takes native operators.</param>
    internal BakeOptions ForCuda(CudaSessionOptions session, bool native) => this with
    {
        Upsampling = native ? UpsamplingForm.CudaTails : UpsamplingForm.TransposedConvolution,
        ChannelsLast = session.ChannelsLast,
    };
}
