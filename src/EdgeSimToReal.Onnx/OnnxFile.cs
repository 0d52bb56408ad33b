using System.Runtime.InteropServices;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx.Schema;
using Google.Protobuf;

namespace EdgeSimToReal.Onnx;

/// <summary>Reads ONNX files and their initialisers.</summary>
public static class OnnxFile
{
    /// <summary>Reads a model.</summary>
    /// <param name="bytes">The file's content.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="EdgeSimException">The content is no ONNX model, or uses a newer operator set than this version knows.</exception>
    public static ModelProto Parse(byte[] bytes, string path)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new EdgeSimException($"'{path}' is not an ONNX model: {error.Message.TrimEnd('.')}.", "Export or copy it again.",
                ExitCode.BadInput, error);
        }
        long opset = model.OpsetImport.FirstOrDefault(import => import.Domain.Length == 0)?.Version ?? 0;
        if (model.Graph is null || opset != GraphBuilder.Opset)
        {
            throw new EdgeSimException($"'{path}' uses the ONNX operator set {opset}, and this version reads {GraphBuilder.Opset}.",
                "Export the bundle with this version.");
        }
        return model;
    }

    /// <summary>All float initialisers of a model by name.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="EdgeSimException">An initialiser's data does not fit its shape.</exception>
    public static Dictionary<string, WeightTensor> Initializers(ModelProto model, string path)
    {
        Dictionary<string, WeightTensor> tensors = new(StringComparer.Ordinal);
        foreach (TensorProto tensor in model.Graph.Initializer)
        {
            if (tensor.DataType != (int)TensorProto.Types.DataType.Float)
                continue;
            long count = tensor.Dims.Aggregate(1L, (product, size) => product * size);
            ReadOnlySpan<byte> raw = tensor.RawData.Span;
            if (count < 0 || raw.Length != count * sizeof(float))
            {
                throw new EdgeSimException($"In '{path}' the tensor '{tensor.Name}' has {raw.Length} bytes for {count} values.",
                    "Export or copy the bundle again.");
            }
            tensors[tensor.Name] = new WeightTensor([.. tensor.Dims.Select(size => (int)size)], MemoryMarshal.Cast<byte, float>(raw).ToArray());
        }
        return tensors;
    }
}
