using System.Runtime.CompilerServices;
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
    /// <exception cref="EdgeSimException">The content is no ONNX model, or uses another operator set than this version writes.</exception>
    public static ModelProto Parse(byte[] bytes, string path)
    {
        ModelProto model = ParseAny(bytes, path);
        long opset = StandardOpset(model);
        if (opset != GraphBuilder.Opset)
        {
            throw new EdgeSimException($"'{path}' uses the ONNX operator set {opset}, and this version reads {GraphBuilder.Opset}.",
                "Export the bundle with this version.");
        }
        return model;
    }

    /// <summary>Reads a model of any operator set: one that another program may have written.</summary>
    /// <param name="bytes">The file's content.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="EdgeSimException">The content is no ONNX model.</exception>
    public static ModelProto ParseAny(byte[] bytes, string path)
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
        if (model.Graph is null)
            throw new EdgeSimException($"'{path}' is not an ONNX model: it holds no graph.", "Export or copy it again.");
        return model;
    }

    /// <summary>Reads a file of any operator set.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="EdgeSimException">It is missing, or no ONNX model.</exception>
    public static ModelProto Read(string path)
    {
        try
        {
            return ParseAny(File.ReadAllBytes(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"The network '{path}' can't be read: {error.Message.TrimEnd('.')}.", "Check the path.",
                ExitCode.BadInput, error);
        }
    }

    /// <summary>The version of the standard operators that a model uses; 0 where it names none.</summary>
    /// <param name="model">The model.</param>
    public static long StandardOpset(ModelProto model) =>
        model.OpsetImport.FirstOrDefault(import => import.Domain.Length == 0 || import.Domain == "ai.onnx")?.Version ?? 0;

    /// <summary>All float initialisers of a model by name, those that are stored in 16 bits widened; other types are left out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="EdgeSimException">An initialiser's data does not fit its shape, or two have the same name.</exception>
    public static Dictionary<string, WeightTensor> Initializers(ModelProto model, string path)
    {
        Dictionary<string, WeightTensor> tensors = new(StringComparer.Ordinal);
        foreach ((string name, TensorProto tensor) in HalfStorage.Constants(model))
        {
            bool half = tensor.DataType == (int)TensorProto.Types.DataType.Float16;
            if (!half && tensor.DataType != (int)TensorProto.Types.DataType.Float)
                continue;
            ReadOnlySpan<byte> raw = tensor.RawData.Span;
            int size = half ? Unsafe.SizeOf<Half>() : sizeof(float);
            if (raw.Length % size != 0 || !Fits(tensor.Dims, raw.Length / size))
            {
                throw new EdgeSimException(
                    $"In '{path}' the tensor '{tensor.Name}' has {raw.Length} bytes for the shape [{string.Join(", ", tensor.Dims)}].",
                    "Export or copy the bundle again.");
            }
            float[] values = new float[raw.Length / size];
            if (half)
                Widen(MemoryMarshal.Cast<byte, Half>(raw), values);
            else
                MemoryMarshal.Cast<byte, float>(raw).CopyTo(values);
            if (!tensors.TryAdd(name, new WeightTensor([.. tensor.Dims.Select(dim => (int)dim)], values)))
                throw new EdgeSimException($"In '{path}' two tensors have the name '{name}'.", "Export or copy the bundle again.");
        }
        return tensors;
    }

    private static void Widen(ReadOnlySpan<Half> halves, Span<float> values)
    {
        for (int i = 0; i < halves.Length; i++)
            values[i] = (float)halves[i];
    }

    // Sizes come from a file: their product may overflow.
    private static bool Fits(IEnumerable<long> sizes, int count)
    {
        UInt128 product = 1;
        foreach (long size in sizes)
        {
            if (size is < 0 or > int.MaxValue)
                return false;
            product *= (ulong)size;
            if (product > int.MaxValue)
                return false;
        }
        return product == (UInt128)count;
    }
}
