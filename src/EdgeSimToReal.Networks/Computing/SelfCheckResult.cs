namespace EdgeSimToReal.Networks.Computing;

/// <summary>What a self-check of libtorch's convolutions found.</summary>
internal sealed record SelfCheckResult
{
    /// <summary>Convolutions that were checked in fp32.</summary>
    public int Checked { get; init; }

    /// <summary>Those of them that came out wrong with oneDNN.</summary>
    public IReadOnlyList<ConvolutionFault> Faults { get; init; } = [];

    /// <summary>Those that came out wrong with oneDNN in bf16.</summary>
    public IReadOnlyList<ConvolutionFault> HalfFaults { get; init; } = [];

    /// <summary>How the check ended before its end, as a phrase; null where it did not.</summary>
    public string? Death { get; init; }

    /// <summary>A convolution's milliseconds with oneDNN; null where it was not measured.</summary>
    public double? WithMilliseconds { get; init; }

    /// <summary>The same convolution's milliseconds without oneDNN; null where it was not measured.</summary>
    public double? WithoutMilliseconds { get; init; }

    /// <summary>How long the check took, in seconds.</summary>
    public double Seconds { get; init; }
}
