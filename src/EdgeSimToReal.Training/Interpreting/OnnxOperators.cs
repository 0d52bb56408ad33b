using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Interpreting;

/// <summary>The standard ONNX operators in TorchSharp, all differentiable where the operator is.</summary>
/// <remarks>
/// Floating-point values have the type and the device of the run; integers (shapes, indices) stay on the CPU as 64-bit integers.
/// Operators follow their definition in the operator set of the node, from version 7 on.
/// </remarks>
internal static partial class OnnxOperators
{
    /// <summary>x · scale + shift by channel: what a batch normalisation is once its statistics are fixed.</summary>
    public const string ScaleShift = "ScaleShift";

    private static readonly Dictionary<string, (OnnxOperator Run, Action<OnnxNode>? Check)> Table = new(StringComparer.Ordinal);

    static OnnxOperators()
    {
        AddActivations();
        AddArithmetic();
        AddConvolutions();
        AddPools();
        AddReductions();
        AddResizing();
        AddShapes();
    }

    /// <summary>The operator of a node.</summary>
    /// <exception cref="Core.EdgeSimException">There is none, or the node uses a form of it that is not supported.</exception>
    public static OnnxOperator Of(OnnxNode node)
    {
        if (node.Domain is not ("" or "ai.onnx"))
            throw node.Unsupported($"is an operator of the domain '{node.Domain}', of which none is supported");
        if (!Table.TryGetValue(node.Operation, out (OnnxOperator Run, Action<OnnxNode>? Check) entry))
            throw node.Unsupported("is an operator that is not supported");
        entry.Check?.Invoke(node);
        return entry.Run;
    }

    /// <summary>Whether an operator reads an input as plain numbers on the CPU, so that it need not lie on the device.</summary>
    public static bool IsParameter(string operation, int input) => (operation, input) switch
    {
        ("Resize", > 0) or ("Upsample", 1) or ("Clip", > 0) or ("Pad", 2) => true,
        _ => false,
    };

    private static void Add(string operation, Func<OnnxNode, Tensor?[], Tensor> run, Action<OnnxNode>? check = null) =>
        Table.Add(operation, ((node, inputs, _) => [run(node, inputs)], check));

    private static void AddUnary(string operation, Func<Tensor, Tensor> run) => Add(operation, (_, inputs) => run(inputs[0]!));

    private static Tensor? Optional(Tensor?[] inputs, int index) => index < inputs.Length ? inputs[index] : null;

    /// <summary>The integers of a small tensor.</summary>
    private static long[] Integers(Tensor values)
    {
        using Tensor integers = values.to(ScalarType.Int64).cpu().contiguous();
        return integers.data<long>().ToArray();
    }

    /// <summary>Integers that older operator sets have as an attribute and newer ones as an input; null where there are none.</summary>
    private static long[]? Integers(OnnxNode node, Tensor?[] inputs, int index, string attribute) =>
        Optional(inputs, index) is { } values ? Integers(values) : node.Ints(attribute);

    private static float[] Fractions(Tensor values)
    {
        using Tensor fractions = values.to(ScalarType.Float32).cpu().contiguous();
        return fractions.data<float>().ToArray();
    }

    private static float? Scalar(Tensor? value) => value is null ? null : Fractions(value)[0];

    private static long Axis(long axis, long rank) => axis < 0 ? axis + rank : axis;

    private static long Axis(long axis, Tensor x) => Axis(axis, x.dim());
}
