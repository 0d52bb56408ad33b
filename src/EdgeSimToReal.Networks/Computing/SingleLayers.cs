using EdgeSimToReal.Networks.Layers;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Computing;

/// <summary>The convolutions that compute in fp32 on a CPU, whatever the networks compute in.</summary>
public static class SingleLayers
{
    /// <summary>A network's convolutions whose channel counts are no multiples of <see cref="Formats.Bf16Channels"/>.</summary>
    /// <param name="network">The network.</param>
    /// <returns>The layers' names within it.</returns>
    public static IReadOnlyList<string> Of(nn.Module network) =>
    [
        .. network.named_parameters().Where(item => IsOdd(item.parameter.shape))
            .Select(item => item.name.EndsWith(".weight", StringComparison.Ordinal) ? item.name[..^".weight".Length] : item.name),
    ];

    // [outputs, inputs, k, k], a modulated convolution's with 1 before them; one input channel is a depthwise convolution's.
    private static bool IsOdd(long[] shape)
    {
        if (shape.Length < 4)
            return false;
        (long first, long second) = (shape[^4], shape[^3]);
        // A bias of an image is [1, 3, 1, 1].
        return first > 1 && (first % Formats.Bf16Channels != 0 || (second > 1 && second % Formats.Bf16Channels != 0));
    }
}
