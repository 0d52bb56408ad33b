using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Checkpoints;

/// <summary>torch's element types under the names of the safetensors format.</summary>
internal static class TensorTypes
{
    private static readonly Dictionary<ScalarType, string> Names = new()
    {
        [ScalarType.Float64] = "F64",
        [ScalarType.Float32] = "F32",
        [ScalarType.Float16] = "F16",
        [ScalarType.BFloat16] = "BF16",
        [ScalarType.Int64] = "I64",
        [ScalarType.Int32] = "I32",
        [ScalarType.Int16] = "I16",
        [ScalarType.Int8] = "I8",
        [ScalarType.Byte] = "U8",
        [ScalarType.Bool] = "BOOL",
    };

    private static readonly Dictionary<string, ScalarType> Types = Names.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>The format's name.</summary>
    /// <exception cref="NotSupportedException">The format has no such type.</exception>
    public static string Name(ScalarType type) => Names.TryGetValue(type, out string? name) ? name
        : throw new NotSupportedException($"A checkpoint holds no tensors of type {type}.");

    /// <summary>torch's type.</summary>
    /// <param name="name">A name that the format knows.</param>
    public static ScalarType Type(string name) => Types[name];
}
