using System.Runtime.InteropServices;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx.Schema;
using Google.Protobuf;

namespace EdgeSimToReal.Onnx;

/// <summary>Writes an ONNX graph node by node: every method appends one node (or initialiser) and returns the name of its output.</summary>
/// <remarks>
/// Names of initialisers are the caller's; equal initialisers under the same name are stored once. A mistake in a graph (a name given
/// twice, an input that nothing has written, a size that does not fit) is an <see cref="ArgumentException"/> at the call that makes it.
/// </remarks>
public sealed class GraphBuilder
{
    /// <summary>The operator set that graphs are written in: the least that has every operator with the meaning used here.</summary>
    public const int Opset = 17;

    /// <summary>The IR version that goes with <see cref="Opset"/>.</summary>
    public const int IrVersion = 8;

    private readonly GraphProto _graph;
    private readonly Dictionary<string, TensorProto> _initializers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _values = [];
    private readonly HashSet<string> _domains = [];

    /// <summary>Starts a graph.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="documentation">What the graph computes, with shapes and ranges.</param>
    public GraphBuilder(string name, string documentation) => _graph = new GraphProto { Name = name, DocString = documentation };

    /// <summary>Declares a float input.</summary>
    /// <param name="name">The input's name.</param>
    /// <param name="documentation">Meaning and range.</param>
    /// <param name="shape">Sizes; a number, or a name for a dynamic one.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public string Input(string name, string documentation, params Dim[] shape)
    {
        _graph.Input.Add(Value(name, documentation, shape));
        return Claim(name);
    }

    /// <summary>Declares a value as output, under a name of its own.</summary>
    /// <param name="name">The output's name.</param>
    /// <param name="documentation">Meaning and range.</param>
    /// <param name="value">The value to put out.</param>
    /// <param name="shape">Sizes; a number, or a name for a dynamic one.</param>
    /// <exception cref="ArgumentException">The name is taken, or nothing has written the value.</exception>
    public void Output(string name, string documentation, string value, params Dim[] shape)
    {
        Node("Identity", name, [value], name);
        _graph.Output.Add(Value(name, documentation, shape));
    }

    /// <summary>Adds a float initialiser.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">Row-major values.</param>
    /// <param name="shape">Sizes, none negative; none at all for a scalar.</param>
    /// <exception cref="ArgumentException">The values are not as many as the shape says, or the name is taken.</exception>
    public string Initializer(string name, ReadOnlySpan<float> values, params int[] shape)
    {
        long count = 1;
        foreach (int size in shape)
            count = size < 0 ? -1 : checked(count * size);
        if (count != values.Length)
            throw new ArgumentException($"Initialiser '{name}' has {values.Length} values for the shape [{string.Join(", ", shape)}].");
        return Add(new TensorProto
        {
            Name = name,
            Dims = { shape.Select(size => (long)size) },
            DataType = (int)TensorProto.Types.DataType.Float,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)),
        });
    }

    /// <summary>Adds a float initialiser.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">Shape and values.</param>
    /// <exception cref="ArgumentException">The values are not as many as the shape says, or the name is taken.</exception>
    public string Initializer(string name, WeightTensor tensor) => Initializer(name, tensor.Values, tensor.Shape);

    /// <summary>Adds an int64 initialiser of one dimension, once per content.</summary>
    /// <param name="values">The values.</param>
    public string Integers(params long[] values) => Add(new TensorProto
    {
        Name = $"int64.{string.Join("_", values)}",
        Dims = { values.Length },
        DataType = (int)TensorProto.Types.DataType.Int64,
        RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<long>(values)),
    });

    /// <summary>Adds a float scalar, once per content.</summary>
    /// <param name="value">The value.</param>
    public string Scalar(float value) => Initializer($"float.{value:R}", [value]);

    /// <summary>Appends a node with one output.</summary>
    /// <param name="operation">The operator.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="inputs">Names of values; empty for an absent optional input.</param>
    /// <param name="output">The output's name; null: the node's name.</param>
    /// <param name="domain">The operator's domain; empty for the standard one.</param>
    /// <param name="attributes">Attributes: long, float, string, long[] or float[].</param>
    /// <returns>The output's name.</returns>
    /// <exception cref="ArgumentException">An input is unknown, the output's name is taken, or an attribute has another type.</exception>
    public string Node(string operation, string name, IEnumerable<string> inputs, string? output = null, string domain = "",
        params (string Name, object Value)[] attributes)
    {
        NodeProto node = new() { OpType = operation, Name = name };
        if (domain.Length > 0)
        {
            node.Domain = domain;
            _domains.Add(domain);
        }
        foreach (string input in inputs)
        {
            if (input.Length > 0 && !_values.Contains(input))
                throw new ArgumentException($"Node '{name}' reads '{input}', which nothing has written yet.");
            node.Input.Add(input);
        }
        node.Output.Add(Claim(output ?? name));
        node.Attribute.AddRange(attributes.Select(attribute => Attribute(attribute.Name, attribute.Value)));
        _graph.Node.Add(node);
        return node.Output[0];
    }

    /// <summary>Wraps the graph into a model.</summary>
    /// <param name="documentation">The model's doc string.</param>
    /// <param name="metadata">Key-value pairs that travel with the file.</param>
    public ModelProto Build(string documentation, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        ModelProto model = new()
        {
            IrVersion = IrVersion,
            ProducerName = "EdgeSimToReal",
            ProducerVersion = typeof(GraphBuilder).Assembly.GetName().Version!.ToString(3),
            ModelVersion = 1,
            DocString = documentation,
            Graph = _graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        model.OpsetImport.AddRange(_domains.Order().Select(domain => new OperatorSetIdProto { Domain = domain, Version = 1 }));
        model.MetadataProps.AddRange(metadata.Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
        return model;
    }

    private static ValueInfoProto Value(string name, string documentation, Dim[] shape)
    {
        TypeProto.Types.Tensor tensor = new() { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new TensorShapeProto() };
        foreach (Dim dim in shape)
        {
            tensor.Shape.Dim.Add(dim.Name is null
                ? new TensorShapeProto.Types.Dimension { DimValue = dim.Size }
                : new TensorShapeProto.Types.Dimension { DimParam = dim.Name });
        }
        return new ValueInfoProto { Name = name, DocString = documentation, Type = new TypeProto { TensorType = tensor } };
    }

    private static AttributeProto Attribute(string name, object value)
    {
        AttributeProto attribute = new() { Name = name };
        switch (value)
        {
            case long i:
                attribute.Type = AttributeProto.Types.AttributeType.Int;
                attribute.I = i;
                break;
            case float f:
                attribute.Type = AttributeProto.Types.AttributeType.Float;
                attribute.F = f;
                break;
            case string s:
                attribute.Type = AttributeProto.Types.AttributeType.String;
                attribute.S = ByteString.CopyFromUtf8(s);
                break;
            case long[] ints:
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                attribute.Ints.AddRange(ints);
                break;
            case float[] floats:
                attribute.Type = AttributeProto.Types.AttributeType.Floats;
                attribute.Floats.AddRange(floats);
                break;
            default:
                throw new ArgumentException($"Attribute '{name}' has the unsupported type {value.GetType().Name}.");
        }
        return attribute;
    }

    private string Add(TensorProto tensor)
    {
        if (_initializers.TryGetValue(tensor.Name, out TensorProto? present))
        {
            return present.Equals(tensor) ? tensor.Name
                : throw new ArgumentException($"Two different initialisers of the graph would have the name '{tensor.Name}'.");
        }
        Claim(tensor.Name);
        _initializers.Add(tensor.Name, tensor);
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    private string Claim(string name) =>
        _values.Add(name) ? name : throw new ArgumentException($"Two values of the graph would have the name '{name}'.");
}
