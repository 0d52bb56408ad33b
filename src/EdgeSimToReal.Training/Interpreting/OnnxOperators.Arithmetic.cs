using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Interpreting;

internal static partial class OnnxOperators
{
    private static void AddArithmetic()
    {
        AddBinary("Add", (a, b) => a + b);
        AddBinary("Sub", (a, b) => a - b);
        AddBinary("Mul", (a, b) => a * b);
        AddBinary("Div", (a, b) => a.is_floating_point() ? a / b : a.div(b, RoundingMode.trunc));
        AddBinary("Pow", (a, b) => a.pow(b));
        AddBinary("Equal", (a, b) => a.eq(b));
        AddBinary("Greater", (a, b) => a.gt(b));
        AddBinary("Less", (a, b) => a.lt(b));
        AddUnary("Sqrt", x => x.sqrt());
        AddUnary("Exp", x => x.exp());
        AddUnary("Log", x => x.log());
        AddUnary("Abs", x => x.abs());
        AddUnary("Neg", x => -x);
        AddUnary("Erf", x => x.erf());
        AddUnary("Floor", x => x.floor());
        AddUnary("Ceil", x => x.ceil());
        AddUnary("Reciprocal", x => x.reciprocal());
        Add("Min", (_, inputs) => inputs.Skip(1).Aggregate(inputs[0]!, (a, b) => minimum(a, b!)));
        Add("Max", (_, inputs) => inputs.Skip(1).Aggregate(inputs[0]!, (a, b) => maximum(a, b!)));
        Add("Sum", (_, inputs) => inputs.Skip(1).Aggregate(inputs[0]!, (a, b) => a + b!));
        Add("Where", (_, inputs) => where(inputs[0]!.to(inputs[1]!.device), inputs[1]!, inputs[2]!));
        Add("MatMul", (_, inputs) => inputs[0]!.matmul(inputs[1]!));
        Add("Gemm", (node, inputs) => Gemm(node, inputs));
        Add(ScaleShift, (_, inputs) => addcmul(inputs[2]!, inputs[0]!, inputs[1]!, 1));
    }

    private static void AddBinary(string operation, Func<Tensor, Tensor, Tensor> run) => Add(operation, (_, inputs) => run(inputs[0]!, inputs[1]!));

    private static Tensor Gemm(OnnxNode node, Tensor?[] inputs)
    {
        Tensor a = node.Flag("transA", false) ? inputs[0]!.t() : inputs[0]!;
        Tensor b = node.Flag("transB", false) ? inputs[1]!.t() : inputs[1]!;
        (float alpha, float beta) = (node.Float("alpha", 1), node.Float("beta", 1));
        Tensor product = a.matmul(b);
        if (alpha != 1)
            product = product * alpha;
        return Optional(inputs, 2) is not { } c ? product : product + (beta == 1 ? c : c * beta);
    }
}
