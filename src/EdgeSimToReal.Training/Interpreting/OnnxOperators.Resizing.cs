using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace EdgeSimToReal.Training.Interpreting;

internal static partial class OnnxOperators
{
    private static readonly string[] Coordinates = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"];

    private static void AddResizing()
    {
        Add("Resize", (node, inputs) => Resize(node, inputs), node =>
        {
            RequireText(node, "mode", "nearest", "nearest", "linear");
            RequireText(node, "coordinate_transformation_mode", "half_pixel", Coordinates);
            RequireText(node, "nearest_mode", "round_prefer_floor", "round_prefer_floor", "round_prefer_ceil", "floor", "ceil");
            RequireText(node, "keep_aspect_ratio_policy", "stretch", "stretch");
            RequireAbsent(node, "antialias");
            RequireAbsent(node, "axes");
        });
        Add("Upsample", (node, inputs) =>
        {
            float[] scales = Optional(inputs, 1) is { } values ? Fractions(values) : node.Floats("scales")!;
            return Scaled(node, RequirePlanes(node, inputs[0]!), scales, null, "asymmetric", "floor");
        }, node => RequireText(node, "mode", "nearest", "nearest", "linear"));
    }

    private static Tensor Resize(OnnxNode node, Tensor?[] inputs)
    {
        Tensor x = RequirePlanes(node, inputs[0]!);
        // Operator set 10 has no region, and computes asymmetrically.
        if (node.Opset < 11)
            return Scaled(node, x, Fractions(inputs[1]!), null, "asymmetric", "floor");
        float[] scales = Optional(inputs, 2) is { } values ? Fractions(values) : [];
        long[]? sizes = Optional(inputs, 3) is { } wanted ? Integers(wanted) : null;
        return Scaled(node, x, scales, sizes is { Length: > 0 } ? sizes : null, node.Text("coordinate_transformation_mode", "half_pixel"),
            node.Text("nearest_mode", "round_prefer_floor"));
    }

    private static Tensor Scaled(OnnxNode node, Tensor x, float[] scales, long[]? sizes, string coordinates, string rounding)
    {
        if (sizes is null)
        {
            if (scales.Length != 4)
                throw node.Unsupported("names neither sizes nor scales of four dimensions");
            sizes = [.. x.shape.Zip(scales, (size, scale) => (long)Math.Floor(size * (double)scale))];
        }
        else
        {
            scales = [.. x.shape.Zip(sizes, (size, wanted) => (float)((double)wanted / size))];
        }
        if (sizes.Length != 4 || sizes[0] != x.shape[0] || sizes[1] != x.shape[1])
            throw node.Unsupported("changes the number of images or of channels");
        if (sizes.SequenceEqual(x.shape) && scales.All(scale => scale == 1))
            return x;
        bool linear = node.Text("mode", "nearest") == "linear";
        bool whole = Enumerable.Range(2, 2).All(i => Math.Abs(x.shape[i] * (double)scales[i] - sizes[i]) < 1e-4);
        // libtorch computes the factor from the sizes, which a given factor equals only where it divides.
        bool own = linear && (coordinates == "align_corners" || (coordinates == "half_pixel" && whole)
            || (coordinates == "pytorch_half_pixel" && whole && sizes[2] > 1 && sizes[3] > 1));
        if (own)
        {
            return F.interpolate(x, [sizes[2], sizes[3]], mode: InterpolationMode.Bilinear,
                align_corners: coordinates == "align_corners");
        }
        for (int axis = 2; axis < 4; axis++)
        {
            double[] positions = Positions(x.shape[axis], sizes[axis], scales[axis], coordinates);
            x = linear ? Interpolated(x, axis, positions) : Picked(x, axis, positions, rounding);
        }
        return x;
    }

    /// <summary>The position in the input of each pixel of the result.</summary>
    private static double[] Positions(long size, long wanted, float scale, string coordinates) =>
        [.. Enumerable.Range(0, (int)wanted).Select(i => coordinates switch
        {
            "asymmetric" => i / (double)scale,
            "align_corners" => wanted > 1 ? i * (size - 1.0) / (wanted - 1) : 0,
            "pytorch_half_pixel" when wanted == 1 => 0,
            _ => (i + 0.5) / scale - 0.5,
        })];

    private static Tensor Picked(Tensor x, long axis, double[] positions, string rounding) =>
        Indexed(x, axis, positions.Select(position => (long)(rounding switch
        {
            "floor" => Math.Floor(position),
            "ceil" => Math.Ceiling(position),
            "round_prefer_ceil" => Math.Floor(position + 0.5),
            _ => Math.Ceiling(position - 0.5),
        })));

    private static Tensor Interpolated(Tensor x, long axis, double[] positions)
    {
        float[] shares = [.. positions.Select(position => (float)(position - Math.Floor(position)))];
        long[] shape = [1, 1, 1, 1];
        shape[axis] = shares.Length;
        Tensor share = tensor(shares).reshape(shape).to(x.dtype).to(x.device);
        Tensor low = Indexed(x, axis, positions.Select(position => (long)Math.Floor(position)));
        Tensor high = Indexed(x, axis, positions.Select(position => (long)Math.Floor(position) + 1));
        return low + (high - low) * share;
    }

    private static Tensor Indexed(Tensor x, long axis, IEnumerable<long> indices)
    {
        long last = x.shape[axis] - 1;
        return x.index_select(axis, tensor(indices.Select(index => Math.Clamp(index, 0, last)).ToArray()).to(x.device));
    }
}
