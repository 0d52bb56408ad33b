namespace EdgeSimToReal.Training.Computing;

/// <summary>What networks compute in; their parameters, losses, norms and R1 are fp32 always.</summary>
public enum Precision
{
    /// <summary>bf16 where the device computes several times faster in it, else fp32.</summary>
    Auto,

    /// <summary>32-bit floating point.</summary>
    Fp32,

    /// <summary>16-bit floating point with fp32's exponent.</summary>
    Bf16,
}
