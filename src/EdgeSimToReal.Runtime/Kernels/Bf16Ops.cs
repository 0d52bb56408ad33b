using EdgeSimToReal.Onnx;

namespace EdgeSimToReal.Runtime.Kernels;

/// <summary>The native operators on bfloat16 as extensions of <see cref="GraphBuilder"/>; folder kernels/bf16.</summary>
/// <remarks>
/// Maps lie [N, H, W, C] and have the ONNX type BFLOAT16; weights and biases are float initialisers, rounded and packed for the processor
/// when a session is made. Sums are floats, results are rounded to the nearest, ties to even; a NaN stays one. On processors with AMX or
/// AVX512-BF16 denormal numbers count as zero.
/// </remarks>
public static class Bf16Ops
{
    /// <summary>Planes of floats to a map, through a 1x1 convolution in float and a leaky ReLU where weights are given.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, C, H, W], float.</param>
    /// <param name="weight">[M, C, 1, 1]; null: M = C, the values as they are.</param>
    /// <param name="bias">[M]; null if and only if there is no weight.</param>
    /// <param name="slope">The leaky ReLU's; 1: none.</param>
    /// <returns>[N, H, W, M].</returns>
    public static string Bf16Entry(this GraphBuilder graph, string name, string x, string? weight = null, string? bias = null, float slope = 1) =>
        graph.Node("Bf16Entry", name, weight is null ? [x] : [x, weight, bias!], domain: CustomOps.Domain, attributes: ("slope", slope));

    /// <summary>A map to planes of floats.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, H, W, C].</param>
    /// <returns>[N, C, H, W], float.</returns>
    public static string Bf16Exit(this GraphBuilder graph, string name, string x) =>
        graph.Node("Bf16Exit", name, [x], domain: CustomOps.Domain);

    /// <summary>A convolution with what precedes and follows it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, H, W, C].</param>
    /// <param name="convolution">Weights and form.</param>
    /// <returns>[N, OH, OW, M].</returns>
    public static string Bf16Convolution(this GraphBuilder graph, string name, string x, Bf16Convolution convolution) =>
        graph.Node("Bf16Convolution", name, Trimmed(Inputs(x, convolution)), domain: CustomOps.Domain, attributes: Attributes(convolution));

    /// <summary>A convolution whose finished values go, unrounded, through a 1x1 convolution to planes of floats.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, H, W, C].</param>
    /// <param name="convolution">Weights and form.</param>
    /// <param name="planeWeight">[Q, M, 1, 1]; an initialiser.</param>
    /// <param name="planeBias">[Q]; an initialiser.</param>
    /// <returns>[N, Q, OH, OW], float.</returns>
    public static string Bf16ConvolutionToPlanes(this GraphBuilder graph, string name, string x, Bf16Convolution convolution,
        string planeWeight, string planeBias) =>
        graph.Node("Bf16ConvolutionToPlanes", name, [.. Inputs(x, convolution), planeWeight, planeBias], domain: CustomOps.Domain,
            attributes: Attributes(convolution));

    /// <summary>leakyReLU(FIR 1-3-3-1 of sum 4 (z) + noise + bias), z being the transposed 3x3 convolution of stride 2 of x.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, H, W, C].</param>
    /// <param name="weight">[C, M, 3, 3]; an initialiser.</param>
    /// <param name="bias">[M]; an initialiser.</param>
    /// <param name="noise">[1, 1, 2H, 2W]; null for none.</param>
    /// <returns>[N, 2H, 2W, M].</returns>
    public static string Bf16Upsampling(this GraphBuilder graph, string name, string x, string weight, string bias, string? noise) =>
        graph.Node("Bf16Upsampling", name, noise is null ? [x, weight, bias] : [x, weight, bias, noise], domain: CustomOps.Domain,
            attributes: ("slope", GraphOperators.LeakySlope));

    /// <summary>Each pixel's channels over their norm, √(Σ x² + 1e-8), scaled and shifted, and the labels behind them.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, H, W, C].</param>
    /// <param name="scale">[C]; an initialiser.</param>
    /// <param name="offset">[C]; an initialiser.</param>
    /// <param name="labels">[N, K, H, W], float; null for none.</param>
    /// <returns>[N, H, W, C + K].</returns>
    public static string Bf16Normalisation(this GraphBuilder graph, string name, string x, string scale, string offset, string? labels) =>
        graph.Node("Bf16Normalisation", name, labels is null ? [x, scale, offset] : [x, scale, offset, labels], domain: CustomOps.Domain);

    /// <summary>Each channel of each image less its mean over space, over its deviation, √(σ² + 1e-5).</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, H, W, C].</param>
    /// <returns>[N, H, W, C].</returns>
    public static string Bf16Standardisation(this GraphBuilder graph, string name, string x) =>
        graph.Node("Bf16Standardisation", name, [x], domain: CustomOps.Domain, attributes: ("epsilon", GraphOperators.StandardisationEpsilon));

    private static string[] Inputs(string x, Bf16Convolution convolution) =>
        [x, convolution.Weight, convolution.Bias ?? "", convolution.Noise ?? "", convolution.Skip ?? ""];

    // Optional inputs at the end are left out rather than empty.
    private static IEnumerable<string> Trimmed(string[] inputs) => inputs[..(Array.FindLastIndex(inputs, input => input.Length > 0) + 1)];

    private static (string, object)[] Attributes(Bf16Convolution c) =>
    [
        ("pads", c.Pads), ("stride", (long)c.Stride), ("dilation", (long)c.Dilation), ("reflect", c.Reflect ? 1L : 0L), ("blur", c.Blur ? 1L : 0L),
        ("slope", c.Slope), ("maximum", c.Maximum), ("skip_first", c.SkipFirst ? 1L : 0L),
    ];
}
