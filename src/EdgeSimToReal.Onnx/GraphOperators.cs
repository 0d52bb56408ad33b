namespace EdgeSimToReal.Onnx;

/// <summary>The operators that the project's networks are made of, as extensions of <see cref="GraphBuilder"/>.</summary>
/// <remarks>Values are [N, C, H, W]. The first argument names the node; the result is the name of the node's output.</remarks>
public static class GraphOperators
{
    /// <summary>The slope of every leaky ReLU in the network for negative values.</summary>
    public const float LeakySlope = 0.2f;

    /// <summary>What <see cref="Standardise"/> adds to a variance.</summary>
    public const float StandardisationEpsilon = 1e-5f;

    /// <summary>Convolution without padding or with equal zero padding on all sides.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="weight">Initialiser [out, C / groups, k, k].</param>
    /// <param name="bias">Initialiser [out]; null for none.</param>
    /// <param name="stride">Step in both directions.</param>
    /// <param name="padding">Zeros added on each side.</param>
    /// <param name="groups">Number of channel groups.</param>
    public static string Conv(this GraphBuilder graph, string name, string x, string weight, string? bias = null, int stride = 1,
        int padding = 0, int groups = 1) =>
        graph.Conv(name, x, weight, bias, stride, [padding, padding, padding, padding], groups);

    /// <summary>Convolution with zero padding per side.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="weight">Initialiser [out, C / groups, k, k].</param>
    /// <param name="bias">Initialiser [out]; null for none.</param>
    /// <param name="stride">Step in both directions.</param>
    /// <param name="pads">Zeros: top, left, bottom, right.</param>
    /// <param name="groups">Number of channel groups.</param>
    public static string Conv(this GraphBuilder graph, string name, string x, string weight, string? bias, int stride, long[] pads,
        int groups = 1) =>
        graph.Node("Conv", name, bias is null ? [x, weight] : [x, weight, bias], attributes:
            [("strides", new long[] { stride, stride }), ("pads", pads), ("group", (long)groups)]);

    /// <summary>Transposed convolution of stride 2 without padding: H becomes 2H + 1 for a 3x3 kernel.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="weight">Initialiser [C, out, 3, 3].</param>
    public static string ConvTranspose2(this GraphBuilder graph, string name, string x, string weight) =>
        graph.Node("ConvTranspose", name, [x, weight], attributes: ("strides", new long[] { 2, 2 }));

    /// <summary>Depthwise FIR filter: the outer product of one set of taps with itself, normalised to the given sum.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, <paramref name="channels"/>, H, W].</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="taps">One-dimensional taps, e.g. 1, 2, 1.</param>
    /// <param name="sum">Sum of the two-dimensional kernel: 1, or 4 after up-sampling by 2.</param>
    /// <param name="padding">Zeros added on each side.</param>
    public static string Fir(this GraphBuilder graph, string name, string x, int channels, ReadOnlySpan<float> taps, float sum,
        int padding)
    {
        int n = taps.Length;
        float[] kernel = FirKernel(taps, sum);
        float[] repeated = new float[channels * n * n];
        for (int i = 0; i < repeated.Length; i++)
            repeated[i] = kernel[i % (n * n)];
        string weight = graph.Initializer($"fir.{string.Join("_", taps.ToArray())}.sum{sum}.x{channels}", repeated, channels, 1, n, n);
        return graph.Conv(name, x, weight, padding: padding, groups: channels);
    }

    /// <summary>The two-dimensional FIR kernel, row-major.</summary>
    /// <param name="taps">One-dimensional taps.</param>
    /// <param name="sum">Sum of the kernel.</param>
    public static float[] FirKernel(ReadOnlySpan<float> taps, float sum)
    {
        float total = 0;
        foreach (float tap in taps)
            total += tap;
        float[] kernel = new float[taps.Length * taps.Length];
        for (int i = 0; i < kernel.Length; i++)
            kernel[i] = taps[i / taps.Length] * taps[i % taps.Length] * sum / (total * total);
        return kernel;
    }

    /// <summary>Reflection padding (the border pixel itself is not repeated).</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="before">Pixels added at the top and at the left.</param>
    /// <param name="after">Pixels added at the bottom and at the right.</param>
    public static string ReflectPad(this GraphBuilder graph, string name, string x, int before, int after) =>
        graph.Node("Pad", name, [x, graph.Integers(0, 0, before, before, 0, 0, after, after)], attributes: ("mode", "reflect"));

    /// <summary>Leaky ReLU with <see cref="LeakySlope"/>.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">Any shape.</param>
    public static string LeakyRelu(this GraphBuilder graph, string name, string x) =>
        graph.Node("LeakyRelu", name, [x], attributes: ("alpha", LeakySlope));

    /// <summary>Sum with broadcasting.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand.</param>
    public static string Add(this GraphBuilder graph, string name, string a, string b) => graph.Node("Add", name, [a, b]);

    /// <summary>The channels of both, one after the other.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="a">[N, C, H, W].</param>
    /// <param name="b">[N, D, H, W].</param>
    public static string Join(this GraphBuilder graph, string name, string a, string b) =>
        graph.Node("Concat", name, [a, b], attributes: ("axis", 1L));

    /// <summary>Product with broadcasting.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand.</param>
    public static string Mul(this GraphBuilder graph, string name, string a, string b) => graph.Node("Mul", name, [a, b]);

    /// <summary>v / √(Σ v² + 1e-8) over dimension 1.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The last node's name; the others add a suffix.</param>
    /// <param name="x">[N, C, ...].</param>
    public static string L2Normalize(this GraphBuilder graph, string name, string x)
    {
        string squares = graph.Node("Mul", $"{name}/squares", [x, x]);
        string sum = graph.Node("ReduceSum", $"{name}/sum", [squares, graph.Integers(1)], attributes: ("keepdims", 1L));
        string root = graph.Node("Sqrt", $"{name}/root", [graph.Add($"{name}/epsilon", sum, graph.Scalar(1e-8f))]);
        return graph.Node("Div", name, [x, root]);
    }

    /// <summary>Bilinear enlargement by 2 in both directions, half-pixel centres (PyTorch's align_corners = false).</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, C, H, W].</param>
    public static string Bilinear2(this GraphBuilder graph, string name, string x) => graph.Bilinear(name, x, 2);

    /// <summary>Bilinear enlargement in both directions, half-pixel centres.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="factor">How often each side becomes as long, at least 1.</param>
    public static string Bilinear(this GraphBuilder graph, string name, string x, int factor) =>
        graph.Node("Resize", name, [x, "", graph.Initializer($"bilinear{factor}.scales", [1, 1, factor, factor], 4)], attributes:
            [("mode", "linear"), ("coordinate_transformation_mode", "half_pixel")]);

    /// <summary>Each channel of each image less its mean over space, over its standard deviation: (x - μ) / √(σ² + 1e-5).</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, <paramref name="channels"/>, H, W].</param>
    /// <param name="channels">Number of channels.</param>
    public static string Standardise(this GraphBuilder graph, string name, string x, int channels) => graph.Node("InstanceNormalization", name,
        [
            x,
            graph.Initializer($"ones.x{channels}", [.. Enumerable.Repeat(1f, channels)], channels),
            graph.Initializer($"zeros.x{channels}", new float[channels], channels),
        ], attributes: ("epsilon", StandardisationEpsilon));

    /// <summary>
    /// Local affine colour transforms: Σ over k of M[c, k] · picture[k] + M[c, 3] + residual[c], the 3×4 matrices M enlarged bilinearly.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The last node's name; the others add a suffix.</param>
    /// <param name="coefficients">Rows of M, one after the other, [N, 12, H / factor, W / factor].</param>
    /// <param name="picture">[N, 3, H, W].</param>
    /// <param name="residual">[N, 3, H, W].</param>
    /// <param name="factor">What a side of the coefficients' map is enlarged by.</param>
    public static string TransformColours(this GraphBuilder graph, string name, string coefficients, string picture, string residual, int factor)
    {
        // Column by column: each is gathered while it is small and then multiplies one plane of the picture.
        string sum = residual;
        for (int k = 0; k < 4; k++)
        {
            string column = graph.Node("Gather", $"{name}/column{k}", [coefficients, graph.Integers(k, 4 + k, 8 + k)], attributes: ("axis", 1L));
            string term = graph.Bilinear($"{name}/large{k}", column, factor);
            if (k < 3)
            {
                string plane = graph.Node("Gather", $"{name}/plane{k}", [picture, graph.Integers(k)], attributes: ("axis", 1L));
                term = graph.Mul($"{name}/term{k}", term, plane);
            }
            sum = graph.Add(k < 3 ? $"{name}/sum{k}" : name, sum, term);
        }
        return sum;
    }

    /// <summary>Affine map of vectors: x · weightᵀ + bias.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, in].</param>
    /// <param name="weight">Initialiser [out, in].</param>
    /// <param name="bias">Initialiser [out].</param>
    public static string Linear(this GraphBuilder graph, string name, string x, string weight, string bias) =>
        graph.Node("Gemm", name, [x, weight, bias], attributes: ("transB", 1L));

    /// <summary>Appends two dimensions of size 1 to vectors: [N, C] → [N, C, 1, 1].</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, C].</param>
    public static string Unsqueeze(this GraphBuilder graph, string name, string x) =>
        graph.Node("Unsqueeze", name, [x, graph.Integers(2, 3)]);
}
