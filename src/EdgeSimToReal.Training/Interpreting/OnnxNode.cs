using EdgeSimToReal.Core;
using EdgeSimToReal.Onnx.Schema;

namespace EdgeSimToReal.Training.Interpreting;

/// <summary>A node of an ONNX graph: its operator, the names of its values, and its attributes with their defaults.</summary>
internal sealed class OnnxNode
{
    private readonly Dictionary<string, AttributeProto> _attributes;
    private readonly string _path;

    public OnnxNode(NodeProto node, long opset, string path)
    {
        (Operation, Domain, Opset, _path) = (node.OpType, node.Domain, opset, path);
        Name = node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault() ?? "";
        (Inputs, Outputs) = ([.. node.Input], [.. node.Output]);
        _attributes = node.Attribute.ToDictionary(attribute => attribute.Name, StringComparer.Ordinal);
    }

    /// <summary>A node that the interpreter puts in the place of another one.</summary>
    private OnnxNode(OnnxNode origin, string operation, string[] inputs, string[] outputs)
    {
        (Operation, Domain, Opset, _path, Name) = (operation, "", origin.Opset, origin._path, origin.Name);
        (Inputs, Outputs, _attributes) = (inputs, outputs, origin._attributes);
    }

    public string Operation { get; }

    /// <summary>The operator's domain; empty for the standard one.</summary>
    public string Domain { get; }

    public long Opset { get; }

    /// <summary>The node's name, or where it has none its first output's.</summary>
    public string Name { get; }

    /// <summary>Names of the values that it reads; empty for an optional one that is absent.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>Names of the values that it writes.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>The same node as another operator, with other values.</summary>
    public OnnxNode As(string operation, string[] inputs, string[] outputs) => new(this, operation, inputs, outputs);

    public bool Has(string attribute) => _attributes.ContainsKey(attribute);

    public long Int(string attribute, long fallback) => _attributes.TryGetValue(attribute, out AttributeProto? value) ? value.I : fallback;

    public bool Flag(string attribute, bool fallback) => Int(attribute, fallback ? 1 : 0) != 0;

    public float Float(string attribute, float fallback) => _attributes.TryGetValue(attribute, out AttributeProto? value) ? value.F : fallback;

    public string Text(string attribute, string fallback) =>
        _attributes.TryGetValue(attribute, out AttributeProto? value) ? value.S.ToStringUtf8() : fallback;

    public long[]? Ints(string attribute) => _attributes.TryGetValue(attribute, out AttributeProto? value) ? [.. value.Ints] : null;

    public float[]? Floats(string attribute) => _attributes.TryGetValue(attribute, out AttributeProto? value) ? [.. value.Floats] : null;

    public TensorProto? Tensor(string attribute) => _attributes.TryGetValue(attribute, out AttributeProto? value) ? value.T : null;

    /// <summary>The error that this node can't be interpreted.</summary>
    /// <param name="reason">What of it is not supported, as the end of a sentence.</param>
    public EdgeSimException Unsupported(string reason) => new($"In '{_path}' the node '{Name}' ({Operation}) {reason}.",
        "Export the network with other operators, or simplify its graph first.");
}
