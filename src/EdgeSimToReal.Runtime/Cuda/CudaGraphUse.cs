namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>Whether a network's launches are recorded once, as a CUDA graph, and replayed whole.</summary>
public enum CudaGraphUse
{
    /// <summary>
    /// In <see cref="Live.LiveMode.Latency"/>, unless ONNX Runtime can't record the network; not in
    /// <see cref="Live.LiveMode.Throughput"/>, since ONNX Runtime waits on the host for each replay, and nothing would overlap.
    /// </summary>
    Auto,

    /// <summary>Always, or not at all.</summary>
    On,

    /// <summary>Never: each operator is launched by itself.</summary>
    Off,
}
