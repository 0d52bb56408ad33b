using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace EdgeSimToReal.Training.Interpreting;

internal static partial class OnnxOperators
{
    // On a CPU libtorch's bf16 convolutions of other channel counts have gradients that are no numbers now and then.
    private const int Bf16Channels = 8;

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
        return Computed(x, weight, Optional(inputs, 2), (x, weight, bias) => F.conv2d(x, weight, bias, strides: window.Strides,
            padding: window.Begin, dilation: window.Dilations, groups: node.Int("group", 1)));
    }

    private static Tensor TransposedConvolution(OnnxNode node, Tensor?[] inputs)
    {
        (Tensor x, Tensor weight) = (RequirePlanes(node, inputs[0]!), inputs[1]!);
        Window window = Window.Of(node, weight.shape[2..], x);
        long[] extra = node.Ints("output_padding") ?? [0, 0];
        long[] padding = window.IsSymmetric ? window.Begin : [0, 0];
        Tensor y = Computed(x, weight, Optional(inputs, 2), (x, weight, bias) => F.conv_transpose2d(x, weight, bias,
            strides: window.Strides, padding: padding, output_padding: extra, dilation: window.Dilations, groups: node.Int("group", 1)));
        return window.IsSymmetric ? y : y
            .narrow(2, window.Begin[0], y.shape[2] - window.Begin[0] - window.End[0])
            .narrow(3, window.Begin[1], y.shape[3] - window.Begin[1] - window.End[1]);
    }

    /// <summary>A convolution in the type of its input, or in fp32 and then rounded where bf16 is not safe.</summary>
    private static Tensor Computed(Tensor x, Tensor weight, Tensor? bias, Func<Tensor, Tensor, Tensor?, Tensor> convolve)
    {
        bool safe = x.dtype != ScalarType.BFloat16 || x.device_type != DeviceType.CPU
            || (weight.shape[0] % Bf16Channels == 0 && weight.shape[1] % Bf16Channels == 0);
        return safe ? convolve(x, weight, bias)
            : convolve(x.to(ScalarType.Float32), weight.to(ScalarType.Float32), bias?.to(ScalarType.Float32)).to(x.dtype);
    }

    private static Tensor Padded(Tensor x, long[] begin, long[] end, double value) =>
        F.pad(x, [begin[1], end[1], begin[0], end[0]], PaddingModes.Constant, value);

    private static Tensor RequirePlanes(OnnxNode node, Tensor x) =>
        x.dim() == 4 ? x : throw node.Unsupported($"reads a value of {x.dim()} dimensions; only [N, C, H, W] is supported");
}
