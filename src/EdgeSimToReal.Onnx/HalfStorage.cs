using System.Runtime.InteropServices;
using EdgeSimToReal.Onnx.Schema;
using Google.Protobuf;

namespace EdgeSimToReal.Onnx;

/// <summary>Stores a graph's large weights in 16 bits: an initialiser w becomes w.fp16 and a Cast that gives w.</summary>
/// <remarks>ONNX Runtime folds the Cast when it loads the graph, so that a frame costs the same; <see cref="OnnxFile"/> reads through it.</remarks>
public static class HalfStorage
{
    // Below it a node costs more bytes than it spares.
    private const int LeastValues = 256;

    private const string Suffix = ".fp16";

    /// <summary>A copy of a model with its large float weights in 16 bits.</summary>
    /// <param name="model">The model; stays as it is.</param>
    /// <remarks>Weights with a value beyond ±65504, which 16 bits can't hold, stay as they are.</remarks>
    public static ModelProto Apply(ModelProto model)
    {
        ModelProto result = model.Clone();
        GraphProto graph = result.Graph;
        List<NodeProto> casts = [];
        for (int i = 0; i < graph.Initializer.Count; i++)
        {
            TensorProto tensor = graph.Initializer[i];
            if (tensor.DataType != (int)TensorProto.Types.DataType.Float || tensor.RawData.Length < LeastValues * sizeof(float))
                continue;
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(tensor.RawData.Span);
            Half[] halves = new Half[values.Length];
            for (int j = 0; j < halves.Length; j++)
                halves[j] = (Half)values[j];
            if (Array.Exists(halves, half => !Half.IsFinite(half)))
                continue;
            graph.Initializer[i] = new TensorProto
            {
                Name = tensor.Name + Suffix,
                Dims = { tensor.Dims },
                DataType = (int)TensorProto.Types.DataType.Float16,
                RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<Half>(halves)),
            };
            casts.Add(new NodeProto
            {
                OpType = "Cast",
                Name = tensor.Name,
                Input = { tensor.Name + Suffix },
                Output = { tensor.Name },
                Attribute =
                {
                    new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (long)TensorProto.Types.DataType.Float },
                },
            });
        }
        NodeProto[] nodes = [.. graph.Node];
        graph.Node.Clear();
        graph.Node.AddRange(casts);
        graph.Node.AddRange(nodes);
        return result;
    }

    /// <summary>A copy of a model with its stored halves widened to floats, for rewriters that look for weights as initialisers.</summary>
    /// <param name="model">The model; stays as it is.</param>
    public static ModelProto Widen(ModelProto model)
    {
        ModelProto result = model.Clone();
        GraphProto graph = result.Graph;
        HashSet<string> widened = [];
        TensorProto[] initializers = [.. Constants(model).Select(constant =>
        {
            if (constant.Name == constant.Tensor.Name)
                return constant.Tensor;
            widened.Add(constant.Tensor.Name);
            return new TensorProto
            {
                Name = constant.Name,
                Dims = { constant.Tensor.Dims },
                DataType = (int)TensorProto.Types.DataType.Float,
                RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(
                    Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(constant.Tensor.RawData.Span).ToArray(), half => (float)half))),
            };
        })];
        NodeProto[] nodes = [.. graph.Node.Where(node => node.OpType != "Cast" || !widened.Contains(node.Input[0]))];
        graph.Initializer.Clear();
        graph.Initializer.AddRange(initializers);
        graph.Node.Clear();
        graph.Node.AddRange(nodes);
        return result;
    }

    /// <summary>All initialisers by the name under which the graph's operators read them: stored halves by their Cast's.</summary>
    /// <param name="model">The model.</param>
    public static IEnumerable<(string Name, TensorProto Tensor)> Constants(ModelProto model)
    {
        Dictionary<string, string> widened = new(StringComparer.Ordinal);
        foreach (NodeProto node in model.Graph.Node.Where(node => node.OpType == "Cast" && node.Input.Count == 1 && node.Output.Count == 1))
            widened.TryAdd(node.Input[0], node.Output[0]);
        foreach (TensorProto tensor in model.Graph.Initializer)
        {
            bool half = tensor.DataType == (int)TensorProto.Types.DataType.Float16;
            yield return (half && widened.TryGetValue(tensor.Name, out string? name) ? name : tensor.Name, tensor);
        }
    }
}
