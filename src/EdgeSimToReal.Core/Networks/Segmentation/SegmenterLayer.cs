namespace EdgeSimToReal.Core.Networks;

/// <summary>A segmenter's convolution with the batch normalisation and activation that follow it.</summary>
/// <param name="Name">The convolution's key: its weight is "Name.weight" [output, input / groups, size, size].</param>
/// <param name="BatchNorm">The batch normalisation's key; null where there is none, and then the convolution has "Name.bias".</param>
/// <param name="Input">Input channels.</param>
/// <param name="Output">Output channels.</param>
/// <param name="Size">The kernel's side.</param>
/// <param name="Activation">What follows.</param>
public sealed record SegmenterLayer(
    string Name, string? BatchNorm, int Input, int Output, int Size, SegmenterActivation Activation = SegmenterActivation.None)
{
    /// <summary>Variance's summand in every batch normalisation.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>Keys of the backbone's layers start so; all others belong to the head.</summary>
    public const string BackbonePrefix = "backbone.";

    /// <summary>Step in both directions.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Zeros on every side of the layer's input.</summary>
    public int Padding { get; init; }

    /// <summary>Distance of the kernel's taps.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Channel groups; <see cref="Input"/> for a depthwise convolution.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether the layer belongs to the backbone (which trains at a tenth of the head's rate) or to the head.</summary>
    public bool IsBackbone => Name.StartsWith(BackbonePrefix, StringComparison.Ordinal);

    /// <summary>The weight's shape.</summary>
    public int[] WeightShape => [Output, Input / Groups, Size, Size];

    /// <summary>Parameters, then the running statistics, with their shapes.</summary>
    public IReadOnlyList<ParameterShape> Tensors() => BatchNorm is null
        ? [new($"{Name}.weight", WeightShape), new($"{Name}.bias", [Output])]
        :
        [
            new($"{Name}.weight", WeightShape), new($"{BatchNorm}.weight", [Output]), new($"{BatchNorm}.bias", [Output]),
            new($"{BatchNorm}.running_mean", [Output]), new($"{BatchNorm}.running_var", [Output]),
        ];
}
