namespace EdgeSimToReal.Runtime.Live;

/// <summary>Where the live graph runs.</summary>
public enum LiveDevice
{
    /// <summary>On a GPU where the machine and this build can, else on the CPU.</summary>
    Auto,

    /// <summary>On the CPU.</summary>
    Cpu,

    /// <summary>On an NVIDIA GPU, or not at all.</summary>
    Cuda,
}
