using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Tests.Kernels;

/// <summary>The Winograd convolution inside ONNX Runtime, against a standard convolution with StyledTail behind it.</summary>
[Collection(nameof(KernelLevelCollection))]
public sealed class StyledConvolutionTests : IDisposable
{
    public void Dispose()
    {
        if (CustomOps.TryLocate() is not null)
            KernelLibrary.UseLevel(null);
    }

    [Theory]
    [MemberData(nameof(CustomOpsTests.LevelsAndThreads), MemberType = typeof(CustomOpsTests))]
    public void Equals_convolution_noise_bias_leaky_ReLU_and_skip(string level, int threads)
    {
        KernelLibrary.UseLevel(level);
        TailShape.ForAll(shape =>
        {
            var (standard, custom, inputs) = Graphs(shape, 2 + (shape.Height % 17));
            float[] expected = KernelLibrary.Run(standard, threads, inputs);
            float[] actual = KernelLibrary.Run(custom, threads, inputs);
            Assert.InRange(GoldenTensor.RelativeL2(actual, expected), 0, 1e-5);
        });
    }

    [Fact]
    public void One_and_two_threads_Give_the_same_bits()
    {
        KernelLibrary.UseLevel(null);
        var (_, custom, inputs) = Graphs(new TailShape(2, 9, 25, 150, true, 2), 13);
        Assert.Equal(KernelLibrary.Run(custom, 1, inputs), KernelLibrary.Run(custom, 2, inputs));
    }

    [Fact]
    public void Weight_that_is_not_constant_Is_refused()
    {
        KernelLibrary.Require();
        GraphBuilder graph = new("convolution", "");
        graph.Output("y", "", graph.StyledConvolution("layer", graph.Input("x", "", 1, 2, 8, 8), graph.Input("weight", "", 3, 2, 3, 3),
            graph.Initializer("bias", new float[3], 3), null, null), 1, 3, 8, 8);
        var error = Assert.Throws<OnnxRuntimeException>(() => KernelLibrary.Run(graph, 1,
            ("x", new float[128], [1, 2, 8, 8]), ("weight", new float[54], [3, 2, 3, 3])));
        Assert.Contains("edgesim.StyledConvolution: input 'weight' must be constant", error.Message, StringComparison.Ordinal);
    }

    // Skip as in TailShape: 2 is half of the picture, which then has twice the case's size.
    private static (GraphBuilder Standard, GraphBuilder Custom, (string, float[], int[])[] Inputs) Graphs(TailShape shape, int channels)
    {
        int scale = shape.Skip == 2 ? 2 : 1, height = shape.Height * scale, width = shape.Width * scale;
        List<(string Name, float[], int[])> inputs =
        [
            ("x", GoldenTensor.Create("winograd.x", shape.Batch * channels * height * width, 1), [shape.Batch, channels, height, width]),
        ];
        if (shape.Skip != 0)
        {
            inputs.Add(("skip", GoldenTensor.Create("winograd.skip", shape.Planes * shape.Height * shape.Width, 1),
                [shape.Batch, shape.Channels, shape.Height, shape.Width]));
        }
        GraphBuilder[] graphs = [new("standard", ""), new("custom", "")];
        foreach (GraphBuilder graph in graphs)
        {
            string x = graph.Input("x", "", shape.Batch, channels, height, width);
            string? skip = shape.Skip == 0 ? null : graph.Input("skip", "", shape.Batch, shape.Channels, shape.Height, shape.Width);
            string weight = graph.Initializer("weight", GoldenTensor.Create("winograd.weight", shape.Channels * channels * 9, 1),
                shape.Channels, channels, 3, 3);
            string bias = graph.Initializer("bias", GoldenTensor.Create("winograd.bias", shape.Channels, 1), shape.Channels);
            string? noise = shape.Noise
                ? graph.Initializer("noise", GoldenTensor.Create("winograd.noise", height * width, 1), 1, 1, height, width)
                : null;
            string y = graph == graphs[1]
                ? graph.StyledConvolution("layer", x, weight, bias, noise, skip)
                : graph.StyledTail("tail", graph.Conv("convolution", x, weight, padding: 1), bias, noise, skip);
            graph.Output("y", "", y, shape.Batch, shape.Channels, height, width);
        }
        return (graphs[0], graphs[1], [.. inputs]);
    }
}
