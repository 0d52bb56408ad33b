using System.Runtime.InteropServices;
using EdgeSimToReal.Core;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Cuda;

namespace EdgeSimToReal.Runtime.Kernels;

/// <summary>The native operators of domain "edgesim" on a GPU (folder kernels/cuda/): whether they are there, and how graphs use them.</summary>
/// <remarks>
/// Maps are [N, C, H, W], or [N, H, W, C] with channels last; noise is [1, 1, H, W] either way. All tensors of a node are fp32, or all fp16.
/// </remarks>
public static class CudaOps
{
    private const int MaxReason = 1024;

    private static readonly Lazy<string?> Machine = new(() => Refusal(CudaDriver.DefaultLibrary));

    /// <summary>Whether they are there: the library loads and was built with them.</summary>
    public static unsafe bool Built() =>
        TryFind("edgesim_has_cuda", out nint has) && ((delegate* unmanaged<int>)has)() != 0;

    /// <summary>Why graphs for the machine's GPU can't use them; null where they can.</summary>
    /// <remarks>Their kernels are loaded once to see: a driver can be older than the compiler that made them.</remarks>
    public static string? Refusal() => Machine.Value;

    /// <summary>The same with another driver.</summary>
    /// <param name="driver">The CUDA driver's library.</param>
    internal static unsafe string? Refusal(string driver)
    {
        if (!Built() || !TryFind("edgesim_cuda_refusal", out nint refusal))
            return "The native operators are not built, or not for a GPU: tools/build-kernels.sh.";
        try
        {
            using CudaDevice device = CudaDevice.Open(CudaDriver.Load(driver));
            byte* text = stackalloc byte[MaxReason];
            return ((delegate* unmanaged<byte*, int, int>)refusal)(text, MaxReason) == 0 ? null : Marshal.PtrToStringUTF8((nint)text);
        }
        catch (EdgeSimException error)
        {
            return error.Message;
        }
    }

    /// <summary>FIR filter with <paramref name="taps"/> in both directions of the padded x, at every <paramref name="down"/>th pixel.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">The map.</param>
    /// <param name="taps">One-dimensional taps; the two-dimensional filter is scaled to the sum 1.</param>
    /// <param name="pads">Pixels added: top, left, bottom, right.</param>
    /// <param name="reflect">Whether they mirror the picture (the edge is not repeated); else they are 0.</param>
    /// <param name="down">Step in both directions.</param>
    /// <param name="channelsLast">The layout.</param>
    public static string UpFirDown(this GraphBuilder graph, string name, string x, float[] taps, long[] pads, bool reflect, int down,
        bool channelsLast) =>
        graph.Node("UpFirDown", name, [x], domain: CustomOps.Domain, attributes:
            [("taps", taps), ("sum", 1f), ("up", 1L), ("down", (long)down), ("pads", pads), ("reflect", reflect ? 1L : 0L), Layout(channelsLast)]);

    /// <summary>leakyReLU(FIR(x) + noise + bias) in one pass.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">The map.</param>
    /// <param name="bias">[C].</param>
    /// <param name="noise">Of the result's size; null for none.</param>
    /// <param name="taps">One-dimensional taps.</param>
    /// <param name="sum">Sum of the two-dimensional filter.</param>
    /// <param name="padding">Zeros added on each side.</param>
    /// <param name="channelsLast">The layout.</param>
    public static string FirTail(this GraphBuilder graph, string name, string x, string bias, string? noise, float[] taps, float sum,
        int padding, bool channelsLast) =>
        graph.Node("FirTail", name, noise is null ? [x, bias] : [x, bias, noise], domain: CustomOps.Domain, attributes:
            [("taps", taps), ("sum", sum), ("pads", new long[] { padding, padding, padding, padding }), ("slope", GraphOperators.LeakySlope),
            Layout(channelsLast)]);

    /// <summary>leakyReLU(x + noise + bias) + skip in one pass; <see cref="CustomOps.StyledTail"/> with a choice of layout.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">The map.</param>
    /// <param name="bias">[C].</param>
    /// <param name="noise">Of x's size; null for none.</param>
    /// <param name="skip">Of x's size, or of half of it and then enlarged bilinearly (half-pixel centres); null for none.</param>
    /// <param name="channelsLast">The layout.</param>
    public static string StyledTail(this GraphBuilder graph, string name, string x, string bias, string? noise, string? skip,
        bool channelsLast) =>
        graph.Node("StyledTail", name, skip is not null ? [x, bias, noise ?? "", skip] : noise is not null ? [x, bias, noise] : [x, bias],
            domain: CustomOps.Domain, attributes: [("slope", GraphOperators.LeakySlope), Layout(channelsLast)]);

    /// <summary><see cref="CustomOps.ColourTransform"/> of a picture that is standardised already; fp32 and [N, C, H, W] alone.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="coefficients">[N, 12, H/f, W/f], f an integer.</param>
    /// <param name="standardised">The picture, [N, 3, H, W], each plane with mean 0 and variance 1.</param>
    /// <param name="residual">[N, 3, H, W].</param>
    public static string TransformStandardised(this GraphBuilder graph, string name, string coefficients, string standardised, string residual) =>
        graph.Node("ColourTransform", name, [coefficients, standardised, residual], domain: CustomOps.Domain, attributes: ("standardised", 1L));

    // It stays loaded: sessions load it again.
    private static bool TryFind(string function, out nint address)
    {
        address = 0;
        return CustomOps.TryLocate() is { } path && NativeLibrary.TryLoad(path, out nint library)
            && NativeLibrary.TryGetExport(library, function, out address);
    }

    private static (string, object) Layout(bool channelsLast) => ("channels_last", channelsLast ? 1L : 0L);
}
