using System.Globalization;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>How ONNX Runtime computes on a GPU.</summary>
public sealed record CudaSessionOptions
{
    /// <summary>Whether the network's launches are recorded once and replayed whole, which saves the launches' time.</summary>
    public CudaGraphUse Graph { get; init; }

    /// <summary>Whether convolutions run channels-last, the tensor cores' own layout.</summary>
    public bool ChannelsLast { get; init; } = true;

    /// <summary>Whether fp32 convolutions may round their factors to TF32's 10 bits, for several times the speed.</summary>
    public bool TensorFloat32 { get; init; } = true;

    /// <summary>How cuDNN's algorithms are chosen when a session starts.</summary>
    public ConvolutionSearch Search { get; init; }

    /// <summary>The options in one line.</summary>
    /// <param name="graph">Whether the network is recorded.</param>
    internal string Describe(bool graph) => $"CUDA graph {OnOff(graph)}, NHWC {OnOff(ChannelsLast)}, TF32 {OnOff(TensorFloat32)}, "
        + $"{Search.ToString().ToLowerInvariant()} convolution search";

    /// <summary>The options in the words of ONNX Runtime's CUDA execution provider.</summary>
    /// <param name="ordinal">The device's number.</param>
    /// <param name="stream">The stream to compute on.</param>
    /// <param name="graph">Whether the network is to be recorded.</param>
    internal Dictionary<string, string> ForProvider(int ordinal, nint stream, bool graph) => new()
    {
        ["device_id"] = ordinal.ToString(CultureInfo.InvariantCulture),
        ["has_user_compute_stream"] = "1",
        ["user_compute_stream"] = ((ulong)stream).ToString(CultureInfo.InvariantCulture),
        ["enable_cuda_graph"] = graph ? "1" : "0",
        ["prefer_nhwc"] = ChannelsLast ? "1" : "0",
        ["use_tf32"] = TensorFloat32 ? "1" : "0",
        ["cudnn_conv_algo_search"] = Search.ToString().ToUpperInvariant(),
        // All sizes are fixed and all memory is asked for at the start, so powers of two would only waste.
        ["arena_extend_strategy"] = "kSameAsRequested",
    };

    private static string OnOff(bool value) => value ? "on" : "off";
}
