using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Tests.Kernels;

/// <summary>The native operators inside ONNX Runtime, against the standard operators that they stand for.</summary>
[Collection(nameof(KernelLevelCollection))]
public sealed class CustomOpsTests : IDisposable
{
    private static readonly float[] Taps = [1, 3, 3, 1];

    public static TheoryData<string, int> LevelsAndThreads => new MatrixTheoryData<string, int>(["scalar", "avx2", "avx512"], [1, 2]);

    public void Dispose()
    {
        if (CustomOps.TryLocate() is not null)
            KernelLibrary.UseLevel(null);
    }

    [Theory]
    [MemberData(nameof(LevelsAndThreads))]
    public void UpsampleTail_Equals_filter_noise_bias_and_leaky_ReLU(string level, int threads)
    {
        KernelLibrary.UseLevel(level);
        TailShape.ForAll(shape =>
        {
            var (standard, custom, inputs, phases) = UpsampleGraphs(shape);
            float[] expected = KernelLibrary.Run(standard, threads, inputs);
            float[] actual = KernelLibrary.Run(custom, threads, phases);
            Assert.InRange(GoldenTensor.RelativeL2(actual, expected), 0, 1e-6);
        });
    }

    [Theory]
    [MemberData(nameof(LevelsAndThreads))]
    public void StyledTail_Equals_noise_bias_leaky_ReLU_and_skip(string level, int threads)
    {
        KernelLibrary.UseLevel(level);
        TailShape.ForAll(shape =>
        {
            var (standard, custom, inputs) = StyledGraphs(shape);
            float[] expected = KernelLibrary.Run(standard, threads, inputs);
            float[] actual = KernelLibrary.Run(custom, threads, inputs);
            Assert.InRange(GoldenTensor.RelativeL2(actual, expected), 0, 1e-6);
        });
    }

    [Theory]
    [MemberData(nameof(LevelsAndThreads))]
    public void ColourTransform_Equals_statistics_enlargement_products_and_sums(string level, int threads)
    {
        KernelLibrary.UseLevel(level);
        // Cells across and down, and pixels of one; the last picture is wider than the operator's tiles.
        foreach ((int cellWidth, int cellHeight, int factor) in new[] { (1, 1, 2), (7, 5, 2), (20, 11, 4), (5, 3, 8), (3, 2, 32), (300, 4, 4) })
        {
            GraphBuilder standard = new("standard", ""), custom = new("custom", "");
            int height = cellHeight * factor, width = cellWidth * factor;
            (string, float[], int[])[] inputs =
            [
                ("coefficients", Values("coefficients", 2 * 12 * cellHeight * cellWidth, false), [2, 12, cellHeight, cellWidth]),
                ("picture", Values("picture", 2 * 3 * height * width, false), [2, 3, height, width]),
                ("residual", Values("residual", 2 * 3 * height * width, false), [2, 3, height, width]),
            ];
            foreach (GraphBuilder graph in new[] { standard, custom })
            {
                string[] names = [.. inputs.Select(input => graph.Input(input.Item1, "", [.. input.Item3.Select(size => (Dim)size)]))];
                graph.Output("y", "", graph == custom ? graph.ColourTransform("coloured", names[0], names[1], names[2])
                    : graph.TransformColours("coloured", names[0], graph.Standardise("standardised", names[1], 3), names[2], factor), 2, 3, height, width);
            }
            Assert.InRange(GoldenTensor.RelativeL2(KernelLibrary.Run(custom, threads, inputs), KernelLibrary.Run(standard, threads, inputs)), 0, 1e-6);

            // Of a picture that is standardised already, as a GPU takes it.
            GraphBuilder taken = new("standardised", "");
            string[] given = [.. inputs.Select(input => taken.Input(input.Item1, "", [.. input.Item3.Select(size => (Dim)size)]))];
            taken.Output("y", "", taken.TransformStandardised("coloured", given[0], taken.Standardise("standardised", given[1], 3), given[2]), 2, 3, height, width);
            Assert.InRange(GoldenTensor.RelativeL2(KernelLibrary.Run(taken, threads, inputs), KernelLibrary.Run(standard, threads, inputs)), 0, 1e-6);
        }
    }

    [Theory]
    [InlineData(12, 3, 4, 3, 8, "input 'coefficients' has shape [1, 12, 3, 4]; its height and width must divide those of 'picture', [1, 3, 8, 8]")]
    [InlineData(9, 2, 4, 3, 8, "input 'coefficients' has shape [1, 9, 2, 4], expected [1, 12, 2, 4]")]
    [InlineData(12, 2, 4, 4, 8, "input 'picture' has shape [1, 4, 8, 8], expected [1, 3, 8, 8]")]
    [InlineData(12, 2, 4, 3, 6, "input 'residual' has shape [1, 3, 8, 6], expected [1, 3, 8, 8]")]
    public void ColourTransform_Refuses_shapes_that_do_not_agree(int count, int cellHeight, int cellWidth, int planes, int residualWidth, string message)
    {
        KernelLibrary.Require();
        GraphBuilder graph = new("coloured", "");
        graph.Output("y", "", graph.ColourTransform("coloured", graph.Input("coefficients", "", "N", "C", "h", "w"),
            graph.Input("picture", "", "N", "P", "H", "W"), graph.Input("residual", "", "N", "R", "I", "J")), "N", "P", "H", "W");
        var error = Assert.Throws<OnnxRuntimeException>(() => KernelLibrary.Run(graph, 1,
            ("coefficients", new float[count * cellHeight * cellWidth], [1, count, cellHeight, cellWidth]),
            ("picture", new float[planes * 64], [1, planes, 8, 8]), ("residual", new float[3 * 8 * residualWidth], [1, 3, 8, residualWidth])));
        Assert.Contains("edgesim.ColourTransform: " + message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scalar")]
    [InlineData("avx2")]
    [InlineData("avx512")]
    public void Infinities_and_NaN_Spread_as_in_the_standard_operators(string level)
    {
        KernelLibrary.UseLevel(level);
        TailShape shape = new(1, 2, 21, 37, true, 1);
        var (standard, custom, inputs, phases) = UpsampleGraphs(shape, special: true);
        AssertSameKinds(KernelLibrary.Run(standard, 2, inputs), KernelLibrary.Run(custom, 2, phases));
        (standard, custom, inputs) = StyledGraphs(shape, special: true);
        AssertSameKinds(KernelLibrary.Run(standard, 2, inputs), KernelLibrary.Run(custom, 2, inputs));
    }

    [Fact]
    public void One_and_two_threads_Give_the_same_bits()
    {
        KernelLibrary.UseLevel(null);
        TailShape shape = new(1, 7, 50, 600, true, 2);
        var (_, upsample, _, phases) = UpsampleGraphs(shape);
        var (_, styled, inputs) = StyledGraphs(shape);
        Assert.Equal(KernelLibrary.Run(upsample, 1, phases), KernelLibrary.Run(upsample, 2, phases));
        Assert.Equal(KernelLibrary.Run(styled, 1, inputs), KernelLibrary.Run(styled, 2, inputs));
    }

    [Theory]
    [InlineData(3, 8, 8, 8, "input 'bias' has shape [3], expected [2]")]
    [InlineData(2, 7, 8, 8, "input 'noise' has shape [1, 1, 7, 8], expected [1, 1, 8, 8]")]
    [InlineData(2, 8, 5, 8, "input 'skip' has shape [1, 2, 5, 4], expected [1, 2, 4, 4]")]
    [InlineData(2, 9, 4, 9, "input 'skip' has shape [1, 2, 4, 4], expected [1, 2, 9, 8]")]
    public void StyledTail_Refuses_shapes_that_do_not_agree(int bias, int noiseHeight, int skipHeight, int height, string message)
    {
        KernelLibrary.Require();
        GraphBuilder graph = new("styled", "");
        graph.Output("y", "", graph.StyledTail("tail", graph.Input("x", "", "N", "C", "H", "W"), graph.Input("bias", "", "B"),
            graph.Input("noise", "", "N1", "N2", "N3", "N4"), graph.Input("skip", "", "S1", "S2", "S3", "S4")), "N", "C", "H", "W");
        var error = Assert.Throws<OnnxRuntimeException>(() => KernelLibrary.Run(graph, 1,
            ("x", new float[2 * height * 8], [1, 2, height, 8]), ("bias", new float[bias], [bias]),
            ("noise", new float[noiseHeight * 8], [1, 1, noiseHeight, 8]), ("skip", new float[2 * skipHeight * 4], [1, 2, skipHeight, 4])));
        Assert.Contains("edgesim.StyledTail: " + message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "phase00")]
    [InlineData(1, "phase01")]
    [InlineData(2, "phase10")]
    [InlineData(4, "bias")]
    [InlineData(5, "noise")]
    public void UpsampleTail_Refuses_shapes_that_do_not_agree(int wrong, string name)
    {
        KernelLibrary.Require();
        int[][] shapes = [[1, 2, 5, 7], [1, 2, 5, 6], [1, 2, 4, 7], [1, 2, 4, 6], [2], [1, 1, 8, 12]];
        shapes[wrong][^1]++;
        GraphBuilder graph = new("upsample", "");
        string[] inputs = [.. shapes.Select((shape, i) => graph.Input($"i{i}", "", [.. shape.Select((_, d) => (Dim)$"i{i}d{d}")]))];
        graph.Output("y", "", graph.UpsampleTail("tail", inputs[..4], inputs[4], inputs[5]), "N", "C", "H", "W");
        var error = Assert.Throws<OnnxRuntimeException>(() => KernelLibrary.Run(graph, 1,
            [.. shapes.Select((shape, i) => ($"i{i}", new float[shape.Aggregate((a, b) => a * b)], shape))]));
        Assert.Contains($"edgesim.UpsampleTail: input '{name}' has shape", error.Message, StringComparison.Ordinal);
    }

    // z, [N, C, 2H + 1, 2W + 1], for the standard graph and cut into its phases for the custom one.
    private static (GraphBuilder Standard, GraphBuilder Custom, (string, float[], int[])[] Inputs, (string, float[], int[])[] Phases)
        UpsampleGraphs(TailShape shape, bool special = false)
    {
        int height = (2 * shape.Height) + 1, width = (2 * shape.Width) + 1;
        float[] z = Values("z", shape.Planes * height * width, special);
        GraphBuilder standard = new("standard", ""), custom = new("custom", "");
        float[] bias = Values("bias", shape.Channels, false), noise = Values("noise", 4 * shape.Height * shape.Width, false);
        float[] kernel = GraphOperators.FirKernel(Taps, 4);
        string y = standard.Conv("fir", standard.Input("z", "", shape.Batch, shape.Channels, height, width),
            standard.Initializer("kernel", [.. Enumerable.Range(0, shape.Channels).SelectMany(_ => kernel)], shape.Channels, 1, 4, 4),
            standard.Initializer("bias", bias, shape.Channels), 1, [1, 1, 1, 1], shape.Channels);
        if (shape.Noise)
            y = standard.Add("noisy", y, standard.Initializer("noise", noise, 1, 1, height - 1, width - 1));
        standard.Output("y", "", standard.LeakyRelu("activated", y), shape.Batch, shape.Channels, height - 1, width - 1);

        List<(string, float[], int[])> phases = [];
        for (int p = 0; p < 2; p++)
        {
            for (int q = 0; q < 2; q++)
            {
                List<float> phase = [];
                for (int i = 0; i < z.Length; i++)
                {
                    if (i / width % height % 2 == p && i % width % 2 == q)
                        phase.Add(z[i]);
                }
                int[] sizes = [shape.Batch, shape.Channels, shape.Height + 1 - p, shape.Width + 1 - q];
                phases.Add((custom.Input($"phase{p}{q}", "", [.. sizes.Select(size => (Dim)size)]), [.. phase], sizes));
            }
        }
        custom.Output("y", "", custom.UpsampleTail("tail", [.. phases.Select(phase => phase.Item1)],
            custom.Initializer("bias", bias, shape.Channels),
            shape.Noise ? custom.Initializer("noise", noise, 1, 1, height - 1, width - 1) : null), shape.Batch, shape.Channels, height - 1, width - 1);
        return (standard, custom, [("z", z, [shape.Batch, shape.Channels, height, width])], [.. phases]);
    }

    // Skip 0: none; 1: of the full size; 2: of half the size (then the picture has twice the case's size, to be even).
    private static (GraphBuilder Standard, GraphBuilder Custom, (string, float[], int[])[] Inputs) StyledGraphs(TailShape shape, bool special = false)
    {
        int scale = shape.Skip == 2 ? 2 : 1, height = shape.Height * scale, width = shape.Width * scale;
        List<(string Name, float[], int[])> inputs = [("x", Values("x", shape.Planes * height * width, special), [shape.Batch, shape.Channels, height, width])];
        if (shape.Skip != 0)
            inputs.Add(("skip", Values("skip", shape.Planes * shape.Height * shape.Width, special), [shape.Batch, shape.Channels, shape.Height, shape.Width]));
        float[] bias = Values("bias", shape.Channels, false), noise = Values("noise", height * width, false);
        GraphBuilder[] graphs = [new("standard", ""), new("custom", "")];
        foreach (GraphBuilder graph in graphs)
        {
            string x = graph.Input("x", "", shape.Batch, shape.Channels, height, width);
            string? skip = shape.Skip == 0 ? null : graph.Input("skip", "", shape.Batch, shape.Channels, shape.Height, shape.Width);
            string? map = shape.Noise ? graph.Initializer("noise", noise, 1, 1, height, width) : null;
            string y;
            if (graph == graphs[1])
            {
                y = graph.StyledTail("tail", x, graph.Initializer("bias", bias, shape.Channels), map, skip);
            }
            else
            {
                y = graph.Add("biased", x, graph.Initializer("bias", bias, 1, shape.Channels, 1, 1));
                y = graph.LeakyRelu("activated", map is null ? y : graph.Add("noisy", y, map));
                if (skip is not null)
                    y = graph.Add("sum", y, scale == 2 ? graph.Bilinear2("enlarged", skip) : skip);
            }
            graph.Output("y", "", y, shape.Batch, shape.Channels, height, width);
        }
        return (graphs[0], graphs[1], [.. inputs]);
    }

    private static float[] Values(string name, int count, bool special)
    {
        float[] values = GoldenTensor.Create($"kernels.{name}", count, 1);
        float[] odd = [float.PositiveInfinity, float.NegativeInfinity, float.NaN];
        for (int i = 7; special && i < count; i += 101)
            values[i] = odd[i % odd.Length];
        return values;
    }

    private static void AssertSameKinds(float[] expected, float[] actual)
    {
        Assert.Contains(expected, float.IsNaN);
        Assert.Contains(expected, float.IsInfinity);
        Assert.Contains(expected, float.IsFinite);
        Assert.Equal(expected.Select(Kind), actual.Select(Kind));
    }

    private static float Kind(float value) => float.IsFinite(value) ? 0 : value;
}
