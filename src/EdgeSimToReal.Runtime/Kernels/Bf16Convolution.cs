namespace EdgeSimToReal.Runtime.Kernels;

/// <summary>
/// A convolution of maps of bfloat16, [N, H, W, C]: leakyReLU(conv(blur(pad(x))) + noise + bias), at most <see cref="Maximum"/>, + skip.
/// </summary>
/// <param name="Weight">[M, C, k, k], k odd and at most 7; an initialiser.</param>
/// <param name="Bias">[M], an initialiser; null for none.</param>
public sealed record Bf16Convolution(string Weight, string? Bias)
{
    /// <summary>Step in both directions.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Distance of the kernel's taps.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Pixels added: top, left, bottom, right.</summary>
    public long[] Pads { get; init; } = [0, 0, 0, 0];

    /// <summary>Whether the added pixels are the picture's, mirrored (the border not repeated), rather than zeros.</summary>
    public bool Reflect { get; init; }

    /// <summary>Whether the padded picture first goes through the filter [1, 2, 1] / 4 in both directions, without padding of its own.</summary>
    public bool Blur { get; init; }

    /// <summary>The leaky ReLU's slope for negative values; 1: none, 0: a plain ReLU.</summary>
    public float Slope { get; init; } = 1;

    /// <summary>An upper bound behind the leaky ReLU.</summary>
    public float Maximum { get; init; } = float.PositiveInfinity;

    /// <summary>[1, 1, OH, OW]; null for none.</summary>
    public string? Noise { get; init; }

    /// <summary>[N, OH, OW, M], or [N, OH/2, OW/2, M], which is enlarged bilinearly (half-pixel centres); null for none.</summary>
    public string? Skip { get; init; }

    /// <summary>Whether the skip connection is added before the leaky ReLU.</summary>
    public bool SkipFirst { get; init; }
}
