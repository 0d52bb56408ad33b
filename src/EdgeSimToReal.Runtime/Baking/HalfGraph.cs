using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using EdgeSimToReal.Onnx.Schema;
using Google.Protobuf;

namespace EdgeSimToReal.Runtime.Baking;

/// <summary>Rewrites a live graph to fp16, layer by layer; inputs and output stay fp32.</summary>
/// <remarks>
/// Which layers stay in fp32 is measured (<see cref="Core.Bundles.BundleHalf"/>). A processor has no fp16 convolutions, so measuring takes
/// the <em>emulated</em> form: fp32 operators whose weights and results are rounded to fp16, which is what a GPU's fp16 convolutions with
/// fp32 accumulation give up to the order of summation.
/// </remarks>
public sealed partial class HalfGraph
{
    private const string Suffix = ".fp16";

    private readonly ModelProto _model;
    private readonly IReadOnlySet<string> _single;
    private readonly bool _emulated;
    private readonly Dictionary<string, TensorProto> _constants;
    private readonly HashSet<string> _half = []; // values that are in fp16
    private readonly HashSet<string> _made = []; // casts and constants that are written already
    private readonly List<NodeProto> _nodes = [];

    private HalfGraph(ModelProto model, IReadOnlySet<string> single, bool emulated)
    {
        (_model, _single, _emulated) = (model.Clone(), single, emulated);
        _constants = _model.Graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The graph in fp16.</summary>
    /// <param name="model">A live graph in fp32; stays as it is.</param>
    /// <param name="single">Layers (<see cref="LayerOf"/>) that stay in fp32; names that the graph lacks mean nothing.</param>
    public static ModelProto Convert(ModelProto model, IReadOnlySet<string> single) => new HalfGraph(model, single, false).Rewrite();

    /// <summary>A graph in fp32 that computes what the fp16 one would, on any device.</summary>
    /// <param name="model">A live graph in fp32; stays as it is.</param>
    /// <param name="single">Layers that stay in fp32.</param>
    public static ModelProto Emulate(ModelProto model, IReadOnlySet<string> single) => new HalfGraph(model, single, true).Rewrite();

    /// <summary>
    /// The layers of a graph in its order: what is decided on as one. Statistics over space, whose sums go beyond what fp16 counts, and
    /// the colour transforms, whose rounding would be seen as it is, stay in fp32 and are not among them.
    /// </summary>
    /// <param name="model">A live graph.</param>
    public static IReadOnlyList<string> Layers(ModelProto model) =>
        [.. model.Graph.Node.Where(node => !IsExact(node)).Select(node => LayerOf(node.Name)).Distinct()];

    /// <summary>
    /// The layers with a constant that fp16 turns into 0 or infinity, such as the 1e-8 that keeps a normalisation from dividing by 0.
    /// </summary>
    /// <param name="model">A live graph.</param>
    public static IReadOnlyList<string> Unrepresentable(ModelProto model)
    {
        HashSet<string> lost = [];
        foreach (TensorProto tensor in model.Graph.Initializer.Where(IsFloat))
        {
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(tensor.RawData.Span);
            bool any = false, allLost = true;
            foreach (float value in values)
            {
                Half half = (Half)value;
                if (Half.IsInfinity(half))
                    lost.Add(tensor.Name);
                any |= value != 0;
                allLost &= half == Half.Zero;
            }
            // Single small weights may go: a constant that vanishes as a whole is another formula.
            if (any && allLost)
                lost.Add(tensor.Name);
        }
        return [.. model.Graph.Node.Where(node => node.Input.Any(lost.Contains)).Select(node => LayerOf(node.Name)).Distinct()];
    }

    /// <summary>The layer that a node belongs to: its name without what tells the layer's steps apart.</summary>
    /// <param name="node">A node's name, e.g. "G.Upsampling0.conv1.conv.blur".</param>
    public static string LayerOf(string node) => Steps().Replace(node, "");

    [GeneratedRegex(@"(\.(Act|pad|Blur|conv|blur|noise|activate|Up|product|\d\d))*(/.*)?$")]
    private static partial Regex Steps();

    private ModelProto Rewrite()
    {
        GraphProto graph = _model.Graph;
        foreach (NodeProto node in graph.Node)
        {
            if (IsExact(node) || _single.Contains(LayerOf(node.Name)))
            {
                for (int i = 0; i < node.Input.Count; i++)
                    node.Input[i] = _half.Contains(node.Input[i]) ? Widen(node.Input[i]) : node.Input[i];
                _nodes.Add(node);
            }
            else
            {
                Halve(node);
            }
        }
        graph.Node.Clear();
        graph.Node.AddRange(_nodes);
        HashSet<string> read = [.. _nodes.SelectMany(node => node.Input)];
        TensorProto[] kept = [.. graph.Initializer.Where(tensor => read.Contains(tensor.Name))];
        graph.Initializer.Clear();
        graph.Initializer.AddRange(kept);
        return _model;
    }

    private void Halve(NodeProto node)
    {
        for (int i = 0; i < node.Input.Count; i++)
        {
            string name = node.Input[i];
            if (name.Length == 0 || (node.OpType == "Resize" && i > 0)) // its scales are fp32 by the operator's definition
                continue;
            if (_constants.TryGetValue(name, out TensorProto? constant))
                node.Input[i] = IsFloat(constant) ? Constant(constant) : name;
            else if (!_half.Contains(name))
                node.Input[i] = Narrow(name);
        }
        string output = node.Output[0];
        _half.Add(output);
        if (!_emulated)
        {
            _nodes.Add(node);
            return;
        }
        node.Output[0] = $"{output}.exact";
        _nodes.Add(node);
        Round(node.Output[0], output);
    }

    // Weights in fp16; emulated: their fp32 values rounded.
    private string Constant(TensorProto constant)
    {
        string name = constant.Name + Suffix;
        if (!_made.Add(name))
            return name;
        Half[] halves = [.. MemoryMarshal.Cast<byte, float>(constant.RawData.Span).ToArray().Select(value => (Half)value)];
        TensorProto stored = new() { Name = name, Dims = { constant.Dims } };
        if (_emulated)
        {
            stored.DataType = (int)TensorProto.Types.DataType.Float;
            stored.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(Array.ConvertAll(halves, half => (float)half)));
        }
        else
        {
            stored.DataType = (int)TensorProto.Types.DataType.Float16;
            stored.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<Half>(halves));
        }
        _model.Graph.Initializer.Add(stored);
        return name;
    }

    // An fp32 value for fp16 operators.
    private string Narrow(string value)
    {
        string name = $"{value}.rounded";
        if (_made.Add(name))
        {
            if (_emulated)
                Round(value, name);
            else
                Cast(value, name, TensorProto.Types.DataType.Float16);
        }
        return name;
    }

    // An fp16 value for fp32 operators; what is emulated is fp32 already.
    private string Widen(string value)
    {
        string name = $"{value}.fp32";
        if (_emulated)
            return value;
        if (_made.Add(name))
            Cast(value, name, TensorProto.Types.DataType.Float);
        return name;
    }

    private void Round(string value, string name)
    {
        Cast(value, $"{name}.half", TensorProto.Types.DataType.Float16);
        Cast($"{name}.half", name, TensorProto.Types.DataType.Float);
    }

    private void Cast(string value, string name, TensorProto.Types.DataType type) => _nodes.Add(new NodeProto
    {
        OpType = "Cast",
        Name = $"{name}/cast",
        Input = { value },
        Output = { name },
        Attribute = { new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (long)type } },
    });

    private static bool IsFloat(TensorProto tensor) => tensor.DataType == (int)TensorProto.Types.DataType.Float;

    // What is fp32 whatever was measured; GraphBuilder adds a node of its own for every output.
    private static bool IsExact(NodeProto node) =>
        node.OpType is "Identity" or "InstanceNormalization" || LayerOf(node.Name) == LiveGraph.ColouredName;
}
