using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>The floating types and the memory format that layers compute in.</summary>
/// <remarks>
/// A convolution computes in its input's type: it casts its fp32 parameters, and gradients come back to them in fp32. So bf16 images make
/// bf16 networks. What is small and touchy stays in fp32 at least: codes' norms, all linear layers (styles, texture code, logits) and
/// batch normalisation's statistics.
/// </remarks>
internal static class Formats
{
    /// <summary>The tensor in another's type: itself where that is its own.</summary>
    public static Tensor As(this Tensor x, Tensor like) => x.dtype == like.dtype ? x : x.to(like.dtype);

    /// <summary>A depthwise convolution's input in the type it computes in: its own, but no shorter than fp32 for a stride on a CPU.</summary>
    /// <remarks>There the gradient of a strided one takes 8 to 15 times longer in bf16 than in fp32.</remarks>
    public static Tensor ForDepthwise(this Tensor x, long stride) =>
        stride > 1 && x.device_type == DeviceType.CPU ? x.AtLeastSingle() : x;

    /// <summary>[N, C, H, W] with the channels of a pixel side by side in memory; no copy where they are already.</summary>
    /// <remarks>
    /// Layers keep their input's format, so a network's entry decides. Filters, transposed convolutions and bilinear resizing take 3 to 12
    /// times longer in the other one on a CPU; in bf16 so do most others.
    /// </remarks>
    public static Tensor ChannelsLast(this Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
