using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace EdgeSimToReal.Training.Interpreting;

internal static partial class OnnxOperators
{
    private static void AddPools()
    {
        Add("MaxPool", (node, inputs) => MaxPool(node, RequirePlanes(node, inputs[0]!)), RequireOneOutput);
        Add("AveragePool", (node, inputs) => AveragePool(node, RequirePlanes(node, inputs[0]!)), node =>
        {
            if (node.Ints("dilations")?.Any(step => step != 1) == true)
                throw node.Unsupported("has dilations, which are not supported");
        });
        AddUnary("GlobalAveragePool", x => x.mean(Planes(x), keepdim: true));
        AddUnary("GlobalMaxPool", x => x.amax(Planes(x), keepdim: true));
    }

    private static long[] Planes(Tensor x) => [.. Enumerable.Range(2, (int)x.dim() - 2).Select(axis => (long)axis)];

    private static Tensor MaxPool(OnnxNode node, Tensor x)
    {
        Window window = Window.Of(node, node.Ints("kernel_shape")!, x);
        bool ceil = node.Flag("ceil_mode", false);
        // libtorch pads on both sides alike, and by half a window at most.
        if (!window.IsSymmetric || window.Begin.Zip(window.Kernel).Any(pair => pair.First * 2 > pair.Second))
        {
            x = Padded(x, window.Begin, window.End, double.NegativeInfinity);
            window = window with { Begin = [0, 0], End = [0, 0] };
        }
        return F.max_pool2d(x, window.Kernel, window.Strides, window.Begin, window.Dilations, ceil);
    }

    private static Tensor AveragePool(OnnxNode node, Tensor x)
    {
        Window window = Window.Of(node, node.Ints("kernel_shape")!, x);
        bool ceil = node.Flag("ceil_mode", false), counted = node.Flag("count_include_pad", false);
        if (window.IsSymmetric && window.Begin.Zip(window.Kernel).All(pair => pair.First * 2 <= pair.Second))
            return F.avg_pool2d(x, window.Kernel, window.Strides, window.Begin, ceil, counted);
        Tensor mean = Pool(Padded(x, window.Begin, window.End, 0));
        if (counted)
            return mean;
        // The share of each window that is not padding.
        Tensor inside = ones(1, 1, x.shape[2], x.shape[3], x.dtype, x.device);
        return mean / Pool(Padded(inside, window.Begin, window.End, 0));

        Tensor Pool(Tensor padded) => F.avg_pool2d(padded, window.Kernel, window.Strides, [0, 0], ceil, false);
    }
}
