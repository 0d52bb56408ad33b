using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>The floating types and the memory format that layers compute in.</summary>
/// <remarks>
/// A convolution computes in its input's type: it casts its fp32 parameters, and gradients come back to them in fp32. So bf16 images make
/// bf16 networks, but for the convolutions that <see cref="ForConvolution"/> keeps in fp32. What is small and touchy stays in fp32 at
/// least: codes' norms, all linear layers (styles, texture code, logits) and batch normalisation's statistics.
/// </remarks>
internal static class Formats
{
    /// <summary>A convolution computes in bf16 only where its channel counts are multiples of this.</summary>
    /// <remarks>
    /// On a virtual machine that hides its caches 9 of 16 bf16 runs of preset "edge-small-data" had infinite gradients at their first step;
    /// with such convolutions in fp32 1,233 steps had none. They are those next to pictures and labels, and cost little.
    /// </remarks>
    public const int Bf16Channels = 8;

    /// <summary>The tensor in another's type: itself where that is its own.</summary>
    public static Tensor As(this Tensor x, Tensor like) => x.dtype == like.dtype ? x : x.to(like.dtype);

    /// <summary>
    /// A convolution's input in the type it computes in: its own, but no shorter than fp32 on a CPU where a channel count is no multiple of
    /// <see cref="Bf16Channels"/>.
    /// </summary>
    /// <param name="x">[N, inputs, H, W].</param>
    /// <param name="outputs">Output channels.</param>
    public static Tensor ForConvolution(this Tensor x, long outputs) =>
        (x.shape[1] % Bf16Channels != 0 || outputs % Bf16Channels != 0) && x.device_type == DeviceType.CPU ? x.AtLeastSingle() : x;

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
