using TorchSharp;
using static TorchSharp.torch;
using DataType = EdgeSimToReal.Onnx.Schema.TensorProto.Types.DataType;
using F = TorchSharp.torch.nn.functional;

namespace EdgeSimToReal.Training.Interpreting;

internal static partial class OnnxOperators
{
    private static void AddShapes()
    {
        Add("Concat", (node, inputs) => cat([.. inputs.Select(input => input!)], Axis(node.Int("axis", 1), inputs[0]!)));
        Table.Add("Split", ((node, inputs, _) => Split(node, inputs), null));
        Add("Slice", (node, inputs) => Slice(node, inputs));
        Add("Gather", (node, inputs) => Gather(node, inputs[0]!, inputs[1]!));
        Add("Transpose", (node, inputs) => inputs[0]!.permute(node.Ints("perm")
            ?? [.. Enumerable.Range(0, (int)inputs[0]!.dim()).Reverse().Select(axis => (long)axis)]));
        Add("Reshape", (node, inputs) => Reshape(node, inputs[0]!, Integers(inputs[1]!)));
        Add("Flatten", (node, inputs) => Flatten(inputs[0]!, Axis(node.Int("axis", 1), inputs[0]!)));
        Add("Squeeze", (node, inputs) => Squeeze(inputs[0]!, Integers(node, inputs, 1, "axes")));
        Add("Unsqueeze", (node, inputs) => Unsqueeze(inputs[0]!, Integers(node, inputs, 1, "axes")!));
        Add("Shape", (node, inputs) => Shape(node, inputs[0]!));
        Add("Expand", (_, inputs) => inputs[0]!.expand(Broadcast(inputs[0]!.shape, Integers(inputs[1]!))));
        Add("Tile", (_, inputs) => inputs[0]!.repeat(Integers(inputs[1]!)));
        Add("Pad", (node, inputs) => Pad(node, inputs), node =>
        {
            RequireText(node, "mode", "constant", "constant", "reflect", "edge");
            if (node.Inputs.Count > 3 && node.Inputs[3].Length > 0)
                throw node.Unsupported("names the axes that it pads, which is not supported");
        });
        Add("DepthToSpace", (node, inputs) => DepthToSpace(node, RequirePlanes(node, inputs[0]!)));
        Add("SpaceToDepth", (node, inputs) => SpaceToDepth(node, RequirePlanes(node, inputs[0]!)));
        Table.Add("Cast", ((node, inputs, run) => [Cast(node, inputs[0]!, run)], CheckCast));
    }

    private static Tensor[] Split(OnnxNode node, Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        long axis = Axis(node.Int("axis", 0), x);
        if (Integers(node, inputs, 1, "split") is { } sizes)
            return x.split(sizes, axis);
        long parts = node.Outputs.Count, each = (x.shape[axis] + parts - 1) / parts;
        return x.split(each, axis);
    }

    private static Tensor Slice(OnnxNode node, Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        long[] starts = Integers(node, inputs, 1, "starts")!, ends = Integers(node, inputs, 2, "ends")!;
        long[] axes = Integers(node, inputs, 3, "axes") ?? [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        long[]? steps = Optional(inputs, 4) is { } values ? Integers(values) : null;
        for (int i = 0; i < starts.Length; i++)
        {
            long axis = Axis(axes[i], x), size = x.shape[axis], step = steps?[i] ?? 1;
            if (step < 0)
                throw node.Unsupported("slices backwards");
            x = x.slice(axis, Position(starts[i], size), Math.Max(Position(starts[i], size), Position(ends[i], size)), step);
        }
        return x;

        static long Position(long index, long size) => Math.Clamp(index < 0 ? Math.Max(index, -size) + size : index, 0, size);
    }

    private static Tensor Gather(OnnxNode node, Tensor x, Tensor indices)
    {
        long axis = Axis(node.Int("axis", 0), x), size = x.shape[axis];
        Tensor positions = indices.to(ScalarType.Int64).reshape(-1);
        positions = where(positions.lt(0), positions + size, positions).to(x.device);
        return x.index_select(axis, positions).reshape([.. x.shape[..(int)axis], .. indices.shape, .. x.shape[((int)axis + 1)..]]);
    }

    private static Tensor Reshape(OnnxNode node, Tensor x, long[] shape)
    {
        bool zeros = node.Flag("allowzero", false);
        return x.reshape([.. shape.Select((size, axis) => size == 0 && !zeros ? x.shape[axis] : size)]);
    }

    private static Tensor Flatten(Tensor x, long axis) => x.reshape(x.shape[..(int)axis].Aggregate(1L, (a, b) => a * b), -1);

    private static Tensor Squeeze(Tensor x, long[]? axes)
    {
        HashSet<long>? chosen = axes is null ? null : [.. axes.Select(axis => Axis(axis, x))];
        return x.reshape([.. x.shape.Where((size, axis) => chosen is null ? size != 1 : !chosen.Contains(axis))]);
    }

    private static Tensor Unsqueeze(Tensor x, long[] axes)
    {
        foreach (long axis in axes.Select(axis => Axis(axis, x.dim() + axes.Length)).Order())
            x = x.unsqueeze(axis);
        return x;
    }

    private static Tensor Shape(OnnxNode node, Tensor x)
    {
        long rank = x.dim();
        int start = (int)Math.Clamp(Axis(node.Int("start", 0), rank), 0, rank), end = (int)Math.Clamp(Axis(node.Int("end", rank), rank), 0, rank);
        return tensor(x.shape[start..Math.Max(start, end)], ScalarType.Int64);
    }

    private static long[] Broadcast(long[] a, long[] b)
    {
        int rank = Math.Max(a.Length, b.Length);
        return [.. Enumerable.Range(0, rank).Select(i => Size(a, i) == 1 ? Size(b, i) : Size(a, i))];

        long Size(long[] sizes, int i) => i < rank - sizes.Length ? 1 : sizes[i - (rank - sizes.Length)];
    }

    private static Tensor Pad(OnnxNode node, Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        long[] pads = Integers(node, inputs, 1, "pads")!;
        int rank = (int)x.dim();
        string mode = node.Text("mode", "constant");
        // libtorch wants the last dimension first; modes other than constant take the last two only.
        int dimensions = mode == "constant" ? rank : 2;
        if (Enumerable.Range(0, rank - dimensions).Any(axis => pads[axis] != 0 || pads[axis + rank] != 0))
            throw node.Unsupported($"pads other dimensions than the last two in the mode '{mode}'");
        long[] sides = [.. Enumerable.Range(0, dimensions).SelectMany(i => new[] { pads[rank - 1 - i], pads[2 * rank - 1 - i] })];
        return mode switch
        {
            "reflect" => F.pad(x, sides, PaddingModes.Reflect),
            "edge" => F.pad(x, sides, PaddingModes.Replicate),
            _ => F.pad(x, sides, PaddingModes.Constant, Scalar(Optional(inputs, 2)) ?? node.Float("value", 0)),
        };
    }

    private static Tensor DepthToSpace(OnnxNode node, Tensor x)
    {
        long block = node.Int("blocksize", 1), channels = x.shape[1] / (block * block);
        (long n, long height, long width) = (x.shape[0], x.shape[2], x.shape[3]);
        return (node.Text("mode", "DCR") == "CRD"
            ? x.reshape(n, channels, block, block, height, width).permute(0, 1, 4, 2, 5, 3)
            : x.reshape(n, block, block, channels, height, width).permute(0, 3, 4, 1, 5, 2)).reshape(n, channels, height * block, width * block);
    }

    private static Tensor SpaceToDepth(OnnxNode node, Tensor x)
    {
        long block = node.Int("blocksize", 1), height = x.shape[2] / block, width = x.shape[3] / block;
        return x.reshape(x.shape[0], x.shape[1], height, block, width, block).permute(0, 3, 5, 1, 2, 4)
            .reshape(x.shape[0], x.shape[1] * block * block, height, width);
    }

    // A graph casts to the type that it computes in: here that is the type of the run.
    private static Tensor Cast(OnnxNode node, Tensor x, OnnxRun run) => (DataType)node.Int("to", 0) switch
    {
        DataType.Float or DataType.Float16 or DataType.Bfloat16 or DataType.Double => x.to(run.Type).to(run.Device),
        DataType.Bool => x.ne(0).cpu(),
        _ => x.to(ScalarType.Int64).cpu(),
    };

    private static void CheckCast(OnnxNode node)
    {
        if (!Enum.IsDefined((DataType)node.Int("to", 0)) || node.Int("to", 0) == 0)
            throw node.Unsupported($"casts to the type {node.Int("to", 0)}, which is not supported");
    }
}
