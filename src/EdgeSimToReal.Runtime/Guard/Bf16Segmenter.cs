using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Kernels;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>Rewrites a segmenter's graph so that its dense convolutions compute on maps of bfloat16.</summary>
/// <remarks>
/// A convolution takes along the ReLU that follows it, and maps stay bfloat16 from one convolution to the next and through
/// concatenations. All other operators (depthwise convolutions, pooling, enlargement) stay as they are, on floats, with conversions where
/// a map passes from one to the other; each value is converted at most once each way.
/// </remarks>
internal sealed class Bf16Segmenter
{
    private const int MostTaps = 7;

    private readonly ModelProto _model;
    private readonly List<NodeProto> _nodes = [];
    private readonly Dictionary<string, TensorProto> _constants;
    private readonly Dictionary<string, string> _numbers = []; // value of the original graph → map of bfloat16
    private readonly HashSet<string> _planes = []; // values of the original graph that are there as floats

    private Bf16Segmenter(ModelProto model)
    {
        _model = model;
        _constants = model.Graph.Initializer.ToDictionary(tensor => tensor.Name);
        _planes.UnionWith(_constants.Keys);
        _planes.UnionWith(model.Graph.Input.Select(input => input.Name));
    }

    /// <summary>Rewrites a graph.</summary>
    /// <param name="model">A segmenter of standard operators, 32-bit floats; it is changed.</param>
    /// <returns>The same model.</returns>
    public static ModelProto Rewrite(ModelProto model)
    {
        new Bf16Segmenter(model).Run();
        return model;
    }

    private void Run()
    {
        GraphProto graph = _model.Graph;
        HashSet<NodeProto> taken = [];
        foreach (NodeProto node in graph.Node)
        {
            if (taken.Contains(node))
                continue;
            if (node.OpType == "Conv" && Convolution(node) is { } convolution)
            {
                NodeProto last = node;
                if (Activation(node.Output[0]) is { } activation)
                {
                    taken.Add(activation.Node);
                    last = activation.Node;
                    convolution.Attribute.Add(Float("slope", activation.Slope));
                    convolution.Attribute.Add(Float("maximum", activation.Maximum));
                }
                else
                {
                    convolution.Attribute.Add(Float("slope", 1));
                }
                Add(convolution, last.Output[0]);
            }
            else if (node.OpType == "Concat" && Integer(node, "axis", 0) == 1 && node.Input.Any(_numbers.ContainsKey))
            {
                Add(new NodeProto { OpType = "Concat", Name = node.Name, Input = { node.Input.Select(Numbers).ToList() }, Attribute = { Int("axis", 3) } },
                    node.Output[0]);
            }
            else if (node.OpType == "Shape" && _numbers.TryGetValue(node.Input[0], out string? map) && Integer(node, "start", 0) == 2
                && Integer(node, "end", 0) == 4)
            {
                // Height and width, which lie elsewhere.
                _nodes.Add(new NodeProto
                {
                    OpType = "Shape",
                    Name = node.Name,
                    Input = { map },
                    Output = { node.Output[0] },
                    Attribute = { Int("start", 1), Int("end", 3) },
                });
                _planes.Add(node.Output[0]);
            }
            else
            {
                foreach (string input in node.Input)
                    RequirePlanes(input);
                _nodes.Add(node);
                _planes.UnionWith(node.Output);
            }
        }
        foreach (ValueInfoProto output in graph.Output)
            RequirePlanes(output.Name);
        graph.Node.Clear();
        graph.Node.AddRange(_nodes);
        _model.OpsetImport.Add(new OperatorSetIdProto { Domain = CustomOps.Domain, Version = 1 });
    }

    private void Add(NodeProto node, string stands)
    {
        node.Output.Add($"{stands}/bf16");
        _nodes.Add(node);
        _numbers.Add(stands, node.Output[0]);
    }

    // The operator for a convolution that it can compute; null for others.
    private NodeProto? Convolution(NodeProto node)
    {
        if (!_constants.TryGetValue(node.Input[1], out TensorProto? weight) || weight.Dims is not [_, _, var size, var across]
            || size != across || size % 2 == 0 || size > MostTaps || Integer(node, "group", 1) != 1
            || (node.Input.Count > 2 && !_constants.ContainsKey(node.Input[2])))
        {
            return null;
        }
        long[] strides = Integers(node, "strides", [1, 1]), dilations = Integers(node, "dilations", [1, 1]),
            pads = Integers(node, "pads", [0, 0, 0, 0]);
        if (strides[0] != strides[1] || dilations[0] != dilations[1] || Find(node, "auto_pad") is not null)
            return null;
        return new NodeProto
        {
            OpType = "Bf16Convolution",
            Domain = CustomOps.Domain,
            Name = node.Name,
            Input = { Numbers(node.Input[0]), node.Input.Skip(1) },
            Attribute = { Ints("pads", pads), Int("stride", strides[0]), Int("dilation", dilations[0]), Int("blur", 0) },
        };
    }

    // A ReLU that is all that reads a value.
    private (NodeProto Node, float Slope, float Maximum)? Activation(string value)
    {
        if (_model.Graph.Output.Any(output => output.Name == value)
            || _model.Graph.Node.Where(node => node.Input.Contains(value)).ToList() is not [var reader])
        {
            return null;
        }
        return reader.OpType switch
        {
            "Relu" => (reader, 0, float.PositiveInfinity),
            "LeakyRelu" => (reader, Find(reader, "alpha")?.F ?? 0.01f, float.PositiveInfinity),
            "Clip" when reader.Input is [_, var low, var high] && Scalar(low) == 0 && Scalar(high) is { } maximum => (reader, 0, maximum),
            _ => null,
        };
    }

    private string Numbers(string value)
    {
        if (_numbers.TryGetValue(value, out string? map))
            return map;
        Add(new NodeProto { OpType = "Bf16Entry", Domain = CustomOps.Domain, Name = $"{value}/bf16", Input = { value } }, value);
        return _numbers[value];
    }

    private void RequirePlanes(string value)
    {
        if (value.Length == 0 || !_planes.Add(value))
            return;
        _nodes.Add(new NodeProto
        {
            OpType = "Bf16Exit",
            Domain = CustomOps.Domain,
            Name = $"{value}/planes",
            Input = { _numbers[value] },
            Output = { value },
        });
    }

    private float? Scalar(string name) => _constants.TryGetValue(name, out TensorProto? tensor) && tensor.Dims.Count == 0
        && tensor.DataType == (int)TensorProto.Types.DataType.Float && tensor.RawData.Length == sizeof(float)
        ? BitConverter.ToSingle(tensor.RawData.Span) : null;

    private static AttributeProto? Find(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    private static long Integer(NodeProto node, string name, long otherwise) => Find(node, name)?.I ?? otherwise;

    private static long[] Integers(NodeProto node, string name, long[] otherwise) => Find(node, name) is { } found ? [.. found.Ints] : otherwise;

    private static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static AttributeProto Float(string name, float value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value };

    private static AttributeProto Ints(string name, long[] values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };
}
