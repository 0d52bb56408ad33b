using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Interpreting;

/// <summary>How a convolution or a pool moves over [N, C, H, W]: each array is (vertical, horizontal).</summary>
/// <param name="Kernel">The window's size.</param>
/// <param name="Strides">Steps.</param>
/// <param name="Dilations">Distances of the window's cells.</param>
/// <param name="Begin">Padding at the top and at the left.</param>
/// <param name="End">Padding at the bottom and at the right.</param>
internal sealed record Window(long[] Kernel, long[] Strides, long[] Dilations, long[] Begin, long[] End)
{
    public bool IsSymmetric => Begin.AsSpan().SequenceEqual(End);

    public bool IsPadded => Begin.Concat(End).Any(pixels => pixels > 0);

    /// <summary>The window of a node; automatic padding depends on the size of what it reads.</summary>
    public static Window Of(OnnxNode node, long[] kernel, Tensor x)
    {
        long[] strides = node.Ints("strides") ?? [1, 1], dilations = node.Ints("dilations") ?? [1, 1];
        long[] pads = node.Ints("pads") ?? [0, 0, 0, 0];
        if (kernel.Length != 2 || strides.Length != 2 || dilations.Length != 2 || pads.Length != 4)
            throw node.Unsupported("has another number of dimensions than two; only [N, C, H, W] is supported");
        if (pads.Any(pixels => pixels < 0))
            throw node.Unsupported("has negative pads");
        string automatic = node.Text("auto_pad", "NOTSET");
        if (automatic is "NOTSET")
            return new Window(kernel, strides, dilations, pads[..2], pads[2..]);
        long[] begin = [0, 0], end = [0, 0];
        for (int i = 0; i < 2 && automatic != "VALID"; i++)
        {
            long size = x.shape[i + 2], steps = (size + strides[i] - 1) / strides[i];
            long total = Math.Max(0, (steps - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 - size);
            (begin[i], end[i]) = automatic == "SAME_UPPER" ? (total / 2, total - total / 2) : (total - total / 2, total / 2);
        }
        return new Window(kernel, strides, dilations, begin, end);
    }
}
