using EdgeSimToReal.Core;
using EdgeSimToReal.Onnx.Schema;

namespace EdgeSimToReal.Onnx;

/// <summary>What a convolutional graph costs, told from its nodes.</summary>
public static class OnnxCost
{
    // Operators that give a value of their greatest input's height and width, and multiply nothing by weights.
    private static readonly HashSet<string> Pointwise =
    [
        "Add", "BatchNormalization", "Clip", "Concat", "Div", "Dropout", "Flatten", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu",
        "LogSoftmax", "Mul", "Relu", "Sigmoid", "Softmax", "Sub",
    ];

    /// <summary>Multiply-accumulates of the convolutions for one image; interpolation and activations count for nothing.</summary>
    /// <param name="model">A graph of one image input [N, C, H, W].</param>
    /// <param name="height">The image's height.</param>
    /// <param name="width">The image's width.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="EdgeSimException">The graph has an operator whose cost is not known, or a convolution without weights.</exception>
    public static long MultiplyAccumulates(ModelProto model, int height, int width, string path)
    {
        Dictionary<string, TensorProto> weights = HalfStorage.Constants(model)
            .ToDictionary(constant => constant.Name, constant => constant.Tensor, StringComparer.Ordinal);
        // Height and width of every value; a shape, or a part of one, has those that it tells of.
        Dictionary<string, (long Height, long Width)> sizes = new(StringComparer.Ordinal);
        foreach (ValueInfoProto input in model.Graph.Input.Where(input => !weights.ContainsKey(input.Name)))
            sizes[input.Name] = (height, width);
        double sum = 0; // sizes come from a file: their product may overflow a long
        foreach (NodeProto node in model.Graph.Node)
        {
            (long Height, long Width) size = (1, 1);
            foreach (string name in node.Input)
            {
                if (sizes.TryGetValue(name, out (long Height, long Width) of))
                    size = (Math.Max(size.Height, of.Height), Math.Max(size.Width, of.Width));
            }
            switch (node.OpType)
            {
                case "Conv" when node.Input.Count > 1 && weights.TryGetValue(node.Input[1], out TensorProto? weight)
                    && weight.Dims.Count == 4:
                    size = (Steps(node, size.Height, 0, weight.Dims[2]), Steps(node, size.Width, 1, weight.Dims[3]));
                    sum += weight.Dims.Aggregate((double)size.Height * size.Width, (product, next) => product * next);
                    break;
                case "MaxPool" or "AveragePool":
                    size = (Steps(node, size.Height, 0, Values(node, "kernel_shape", 1)[0]),
                        Steps(node, size.Width, 1, Values(node, "kernel_shape", 1)[1]));
                    break;
                case "GlobalAveragePool":
                    size = (1, 1);
                    break;
                case "Resize" when node.Input.Count == 4 && sizes.TryGetValue(node.Input[3], out (long Height, long Width) like):
                    size = like;
                    break;
                case "Shape":
                    // Batch and channels alone tell nothing of height and width.
                    if (node.Attribute.Any(attribute => attribute.Name == "end" && attribute.I is >= 0 and <= 2))
                        size = (1, 1);
                    break;
                case "Cast" when node.Output.All(weights.ContainsKey): // weights that are stored in 16 bits
                    continue;
                case var name when Pointwise.Contains(name):
                    break;
                default:
                    throw new EdgeSimException($"The cost of '{path}' can't be told: it has the operator {node.OpType} ('{node.Name}').",
                        "Give a convolutional segmenter as 'edgesim-train segmenter' writes it.");
            }
            foreach (string name in node.Output)
                sizes[name] = size;
        }
        return (long)Math.Min(sum, long.MaxValue);
    }

    // Positions of a kernel along one axis: ⌊(n + pads - dilation · (kernel - 1) - 1) / stride⌋ + 1.
    private static long Steps(NodeProto node, long length, int axis, long kernel)
    {
        long stride = Values(node, "strides", 1)[axis], dilation = Values(node, "dilations", 1)[axis];
        long[] pads = Values(node, "pads", 0);
        return Math.Max(0, (length + pads[axis] + pads[axis + 2] - (dilation * (kernel - 1)) - 1) / Math.Max(1, stride)) + 1;
    }

    private static long[] Values(NodeProto node, string name, long standard)
    {
        AttributeProto? attribute = node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
        long[] values = [standard, standard, standard, standard];
        for (int i = 0; i < Math.Min(4, attribute?.Ints.Count ?? 0); i++)
            values[i] = attribute!.Ints[i];
        return values;
    }
}
