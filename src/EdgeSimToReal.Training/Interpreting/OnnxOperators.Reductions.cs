using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Interpreting;

internal static partial class OnnxOperators
{
    private static void AddReductions()
    {
        AddReduction("ReduceMean", (x, axes, keep) => x.mean(axes, keep));
        AddReduction("ReduceSum", (x, axes, keep) => x.sum(axes, keep));
        AddReduction("ReduceMax", (x, axes, keep) => x.amax(axes, keep));
        AddReduction("ReduceMin", (x, axes, keep) => x.amin(axes, keep));
        AddReduction("ReduceL2", (x, axes, keep) => x.square().sum(axes, keep).sqrt());
        AddReduction("ReduceSumSquare", (x, axes, keep) => x.square().sum(axes, keep));
        Add("ArgMax", (node, inputs) => inputs[0]!.argmax(Axis(node.Int("axis", 0), inputs[0]!), node.Flag("keepdims", true)).cpu(),
            node => RequireAbsent(node, "select_last_index"));
    }

    private static void AddReduction(string operation, Func<Tensor, long[], bool, Tensor> run) => Add(operation, (node, inputs) =>
    {
        Tensor x = inputs[0]!;
        long[] axes = Integers(node, inputs, 1, "axes") ?? [];
        if (axes.Length > 0)
            return run(x, [.. axes.Select(axis => Axis(axis, x))], node.Flag("keepdims", true));
        return node.Flag("noop_with_empty_axes", false) ? x
            : run(x, [.. Enumerable.Range(0, (int)x.dim()).Select(axis => (long)axis)], node.Flag("keepdims", true));
    });
}
