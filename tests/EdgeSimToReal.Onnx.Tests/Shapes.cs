using EdgeSimToReal.Onnx.Schema;

namespace EdgeSimToReal.Onnx.Tests;

/// <summary>Declared shapes as text.</summary>
internal static class Shapes
{
    /// <summary>Each size: a number, or the name of a dynamic one.</summary>
    public static string[] Of(ValueInfoProto value) =>
        [.. value.Type.TensorType.Shape.Dim.Select(dim => dim.DimParam.Length > 0 ? dim.DimParam : dim.DimValue.ToString())];
}
