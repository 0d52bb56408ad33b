namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>How cuDNN's convolution algorithms are chosen when a session starts.</summary>
public enum ConvolutionSearch
{
    /// <summary>Measured on the device: the best, and some seconds at the start.</summary>
    Exhaustive,

    /// <summary>Estimated by cuDNN.</summary>
    Heuristic,

    /// <summary>cuDNN's standard algorithm.</summary>
    Default,
}
