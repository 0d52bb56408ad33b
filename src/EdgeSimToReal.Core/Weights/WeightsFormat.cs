namespace EdgeSimToReal.Core.Weights;

/// <summary>Format of a weights file.</summary>
public enum WeightsFormat
{
    /// <summary>safetensors.</summary>
    Safetensors,

    /// <summary>A PyTorch checkpoint in the zip format (1.6 and later).</summary>
    TorchZip,

    /// <summary>A PyTorch checkpoint in the legacy format.</summary>
    TorchLegacy,
}
