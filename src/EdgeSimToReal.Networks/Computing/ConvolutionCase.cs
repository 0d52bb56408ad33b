namespace EdgeSimToReal.Networks.Computing;

/// <summary>A convolution that the networks have, of few pixels.</summary>
/// <param name="Inputs">Input channels.</param>
/// <param name="Outputs">Output channels.</param>
/// <param name="Size">The kernel's height and width.</param>
/// <param name="Stride">The step between outputs; of a transposed convolution between inputs.</param>
/// <param name="Padding">Zeros around the map.</param>
/// <param name="Dilation">The step between a kernel's taps.</param>
/// <param name="IsDepthwise">Whether each channel has a kernel of its own.</param>
/// <param name="IsTransposed">Whether it is a transposed convolution.</param>
/// <param name="Height">The map's height.</param>
/// <param name="Width">The map's width.</param>
internal sealed record ConvolutionCase(int Inputs, int Outputs, int Size, int Stride = 1, int Padding = 0, int Dilation = 1,
    bool IsDepthwise = false, bool IsTransposed = false, int Height = 12, int Width = 20)
{
    private static readonly int[] OddChannels = [3, 17, 19, 20, 23, 24, 31, 40, 131];

    /// <summary>
    /// Kernels, strides, dilations and forms of all networks; channel counts that vector registers divide, and such that they don't.
    /// </summary>
    public static IReadOnlyList<ConvolutionCase> All { get; } =
    [
        // Encoder, generator, discriminators, segmenters' bodies.
        .. OddChannels.Append(32).Select(inputs => new ConvolutionCase(inputs, 32, 3, Padding: 1)),
        new(32, 23, 3, Padding: 1),
        new(24, 19, 3, Padding: 1),
        new(64, 64, 3, Padding: 1),
        new(32, 48, 3),
        new(32, 48, 3, Stride: 2),
        new(20, 40, 3, Stride: 2, Padding: 1),
        new(3, 32, 3, Stride: 2, Padding: 1),
        new(64, 32, 3, Padding: 2, Dilation: 2),
        new(20, 17, 3, Padding: 6, Dilation: 6),
        // RGB, skip paths, codes, logits; a map of one pixel as global pooling makes.
        new(3, 24, 1),
        new(23, 3, 1),
        new(32, 64, 1),
        new(40, 19, 1),
        new(64, 32, 1, Height: 1, Width: 1),
        new(64, 128, 1, Stride: 2),
        new(24, 40, 1, Stride: 2),
        // ResNet's entry.
        new(3, 64, 7, Stride: 2, Padding: 3),
        // MobileNet's and the filters' depthwise convolutions.
        new(32, 32, 3, Padding: 1, IsDepthwise: true),
        new(24, 24, 3, Stride: 2, Padding: 1, IsDepthwise: true),
        new(20, 20, 3, Padding: 2, Dilation: 2, IsDepthwise: true),
        new(32, 32, 4, Padding: 2, IsDepthwise: true),
        new(23, 23, 4, Stride: 2, Padding: 1, IsDepthwise: true),
        new(32, 32, 1, Stride: 2, IsDepthwise: true),
        // Up-sampling.
        new(32, 24, 3, Stride: 2, IsTransposed: true),
        new(23, 20, 3, Stride: 2, IsTransposed: true),
        new(32, 16, 2, Stride: 2, IsTransposed: true),
        new(20, 10, 2, Stride: 2, IsTransposed: true),
    ];

    /// <summary>One phrase for people, e.g. "3x3, 23 to 32 channels, stride 2".</summary>
    public string Name => $"{Size}x{Size}{(IsTransposed ? " transposed" : IsDepthwise ? " depthwise" : "")}, "
        + (IsDepthwise ? $"{Inputs} channels" : $"{Inputs} to {Outputs} channels")
        + (Stride > 1 ? $", stride {Stride}" : "") + (Dilation > 1 ? $", dilation {Dilation}" : "");

    /// <summary>Whether networks compute it in bf16: see <see cref="Layers.Formats.ForConvolution"/>.</summary>
    public bool IsForBf16 => Inputs % Layers.Formats.Bf16Channels == 0 && Outputs % Layers.Formats.Bf16Channels == 0;
}
