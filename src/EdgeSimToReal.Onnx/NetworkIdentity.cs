using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx.Schema;

namespace EdgeSimToReal.Onnx;

/// <summary>Who a network in an ONNX file is, by which it is known as teacher and as judge.</summary>
public static class NetworkIdentity
{
    /// <summary>What the file says in its metadata, as this project's do; else the identity of the weights in it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="EdgeSimException">A tensor's values can't be read.</exception>
    public static string Of(ModelProto model, string path) => Metadata(model).GetValueOrDefault($"{SaeExporter.MetadataPrefix}id")
        ?? WeightsIdentity.Of(Weights(model, path));

    /// <summary>The identity of a file's network.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="EdgeSimException">It is missing or damaged.</exception>
    public static string Read(string path) => Of(OnnxFile.Read(path), path);

    /// <summary>The key-value pairs of a model.</summary>
    /// <param name="model">The model.</param>
    public static IReadOnlyDictionary<string, string> Metadata(ModelProto model) =>
        model.MetadataProps.GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.First().Value, StringComparer.Ordinal);

    /// <summary>All floating-point tensors of a model by name: initialisers and constants.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="EdgeSimException">A tensor's values can't be read.</exception>
    public static IReadOnlyDictionary<string, WeightTensor> Weights(ModelProto model, string path)
    {
        Dictionary<string, WeightTensor> weights = new(StringComparer.Ordinal);
        foreach (TensorProto tensor in model.Graph.Initializer)
            Add(tensor.Name, tensor);
        foreach (NodeProto node in model.Graph.Node.Where(node => node.OpType == "Constant" && node.Output.Count == 1))
        {
            if (node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T is { } tensor)
                Add(node.Output[0], tensor);
        }
        return weights;

        void Add(string name, TensorProto tensor)
        {
            if (TensorData.IsFloating(tensor))
                weights[name] = new WeightTensor([.. tensor.Dims.Select(size => (int)size)], TensorData.Floats(tensor, path));
        }
    }
}
