using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace EdgeSimToReal.Training.Interpreting;

internal static partial class OnnxOperators
{
    private static void AddConvolutions()
    {
        Add("Conv", (node, inputs) => Convolution(node, inputs));
        Add("ConvTranspose", (node, inputs) => TransposedConvolution(node, inputs), node =>
        {
            RequireText(node, "auto_pad", "NOTSET", "NOTSET", "VALID");
            RequireAbsent(node, "output_shape");
        });
    }

    private static Tensor Convolution(OnnxNode node, Tensor?[] inputs)
    {
        (Tensor x, Tensor weight) = (RequirePlanes(node, inputs[0]!), inputs[1]!);
        Window window = Window.Of(node, weight.shape[2..], x);
        if (!window.IsSymmetric)
            (x, window) = (Padded(x, window.Begin, window.End, 0), window with { Begin = [0, 0], End = [0, 0] });
        return F.conv2d(x, weight, Optional(inputs, 2), strides: window.Strides, padding: window.Begin, dilation: window.Dilations,
            groups: node.Int("group", 1));
    }

    private static Tensor TransposedConvolution(OnnxNode node, Tensor?[] inputs)
    {
        (Tensor x, Tensor weight) = (RequirePlanes(node, inputs[0]!), inputs[1]!);
        Window window = Window.Of(node, weight.shape[2..], x);
        long[] extra = node.Ints("output_padding") ?? [0, 0];
        long[] padding = window.IsSymmetric ? window.Begin : [0, 0];
        Tensor y = F.conv_transpose2d(x, weight, Optional(inputs, 2), strides: window.Strides, padding: padding, output_padding: extra,
            dilation: window.Dilations, groups: node.Int("group", 1));
        return window.IsSymmetric ? y : y
            .narrow(2, window.Begin[0], y.shape[2] - window.Begin[0] - window.End[0])
            .narrow(3, window.Begin[1], y.shape[3] - window.Begin[1] - window.End[1]);
    }

    private static Tensor Padded(Tensor x, long[] begin, long[] end, double value) =>
        F.pad(x, [begin[1], end[1], begin[0], end[0]], PaddingModes.Constant, value);

    private static Tensor RequirePlanes(OnnxNode node, Tensor x) =>
        x.dim() == 4 ? x : throw node.Unsupported($"reads a value of {x.dim()} dimensions; only [N, C, H, W] is supported");
}
