using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace EdgeSimToReal.Training.Interpreting;

internal static partial class OnnxOperators
{
    private static void AddActivations()
    {
        AddUnary("Relu", x => x.relu());
        AddUnary("Sigmoid", x => x.sigmoid());
        AddUnary("Tanh", x => x.tanh());
        AddUnary("Softplus", x => F.softplus(x));
        AddUnary("HardSwish", x => F.hardswish(x));
        Add("LeakyRelu", (node, inputs) => F.leaky_relu(inputs[0]!, node.Float("alpha", 0.01f)));
        Add("Elu", (node, inputs) => F.elu(inputs[0]!, node.Float("alpha", 1)));
        Add("PRelu", (_, inputs) => ParametricRelu(inputs[0]!, inputs[1]!));
        Add("HardSigmoid", (node, inputs) => (inputs[0]! * node.Float("alpha", 0.2f) + node.Float("beta", 0.5f)).clamp(0, 1));
        Add("Gelu", (_, inputs) => F.gelu(inputs[0]!), node => RequireText(node, "approximate", "none", "none"));
        Add("Softmax", (node, inputs) => Softmax(node, inputs[0]!, (x, axis) => x.softmax(axis)));
        Add("LogSoftmax", (node, inputs) => Softmax(node, inputs[0]!, (x, axis) => F.log_softmax(x, axis)));
        Add("Clip", (node, inputs) => Clip(node, inputs));
        Add("Dropout", (_, inputs) => inputs[0]!, RequireOneOutput); // frozen networks drop nothing
        Add("Identity", (_, inputs) => inputs[0]!);
    }

    // PyTorch's own takes one slope a channel; ONNX broadcasts slopes of any shape.
    private static Tensor ParametricRelu(Tensor x, Tensor slope)
    {
        bool byChannel = x.dim() > 1 && (slope.numel() == 1 || (slope.numel() == x.shape[1] && slope.dim() == x.dim() - 1
            && slope.shape[0] == x.shape[1]));
        return byChannel ? F.prelu(x, slope.reshape(-1)) : x.relu() - slope * (-x).relu();
    }

    private static Tensor Softmax(OnnxNode node, Tensor x, Func<Tensor, long, Tensor> softmax)
    {
        long axis = Axis(node.Int("axis", node.Opset < 13 ? 1 : -1), x);
        // Before operator set 13 all dimensions from the axis on are one.
        return node.Opset >= 13 || axis == x.dim() - 1 ? softmax(x, axis) : softmax(x.flatten(axis), axis).reshape(x.shape);
    }

    private static Tensor Clip(OnnxNode node, Tensor?[] inputs)
    {
        float? least = node.Has("min") ? node.Float("min", 0) : Scalar(Optional(inputs, 1));
        float? most = node.Has("max") ? node.Float("max", 0) : Scalar(Optional(inputs, 2));
        Tensor x = inputs[0]!;
        return (least, most) switch
        {
            ({ } low, { } high) => x.clamp(low, high),
            ({ } low, null) => x.clamp_min(low),
            (null, { } high) => x.clamp_max(high),
            _ => x,
        };
    }

    private static void RequireText(OnnxNode node, string attribute, string fallback, params string[] supported)
    {
        string value = node.Text(attribute, fallback);
        if (!supported.Contains(value))
            throw node.Unsupported($"has the {attribute} '{value}'; supported: {string.Join(", ", supported)}");
    }

    private static void RequireAbsent(OnnxNode node, string attribute, long usual = 0)
    {
        if (node.Int(attribute, usual) != usual || node.Ints(attribute) is { Length: > 0 })
            throw node.Unsupported($"has the attribute {attribute}, which is not supported");
    }

    private static void RequireOneOutput(OnnxNode node)
    {
        if (node.Outputs.Skip(1).Any(output => output.Length > 0))
            throw node.Unsupported("has a second output, which is not supported");
    }
}
