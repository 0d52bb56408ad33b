using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Kernels;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.GpuCheck;

/// <summary>Each native operator alone on the device against standard operators on the CPU, in both layouts and precisions.</summary>
/// <param name="target">What is checked.</param>
/// <param name="stream">Where graphs run.</param>
internal sealed class OperatorChecks(GpuTarget target, CudaStream stream)
{
    /// <summary>What fp32 has to reach, as relative L2.</summary>
    public const double AllowedSingle = 1e-5;

    /// <summary>The same of fp16, whose own rounding is 5e-4.</summary>
    public const double AllowedHalf = 2e-3;

    // No multiples of a vector's values; the skip's half size needs height and width even.
    private const int Channels = 22;
    private const int Height = 34;
    private const int Width = 46;

    private static readonly float[] EncoderTaps = [1, 2, 1];
    private static readonly float[] GeneratorTaps = [1, 3, 3, 1];
    private readonly Random _random = new(5);

    /// <summary>Checks them all, each as live graphs use it.</summary>
    public IEnumerable<OperatorResult> Run()
    {
        float[] x = Values(Channels * Height * Width), bias = Values(Channels), noise = Values(Height * Width),
            firNoise = Values((Height - 1) * (Width - 1)), skip = Values(x.Length), small = Values(x.Length / 4);
        foreach (bool half in new[] { false, true })
        {
            foreach (bool last in new[] { false, true })
            {
                yield return Compare("UpFirDown, mirrored", (Height + 1, Width + 1), half, last, [x],
                    (graph, v) => graph.UpFirDown("op", v[0], EncoderTaps, [2, 2, 1, 1], reflect: true, down: 1, last),
                    (graph, v) => graph.Fir("op", graph.ReflectPad("pad", v[0], 2, 1), Channels, EncoderTaps, 1, 0));
                yield return Compare("UpFirDown, every second pixel", (Height / 2, Width / 2), half, last, [x],
                    (graph, v) => graph.UpFirDown("op", v[0], EncoderTaps, [1, 1, 0, 0], reflect: false, down: 2, last), EverySecond);
                yield return Compare("FirTail", (Height - 1, Width - 1), half, last, [x, bias, firNoise],
                    (graph, v) => graph.FirTail("op", v[0], v[1], v[2], GeneratorTaps, 4, 1, last),
                    (graph, v) => Tail(graph, graph.Fir("fir", v[0], Channels, GeneratorTaps, 4, 1), v[1], v[2]));
                yield return Compare("FirTail without noise", (Height - 1, Width - 1), half, last, [x, bias],
                    (graph, v) => graph.FirTail("op", v[0], v[1], null, GeneratorTaps, 4, 1, last),
                    (graph, v) => Tail(graph, graph.Fir("fir", v[0], Channels, GeneratorTaps, 4, 1), v[1], null));
                yield return Compare("StyledTail", (Height, Width), half, last, [x, bias],
                    (graph, v) => graph.StyledTail("op", v[0], v[1], null, null, last),
                    (graph, v) => Tail(graph, v[0], v[1], null));
                yield return Compare("StyledTail with noise and skip", (Height, Width), half, last, [x, bias, noise, skip],
                    (graph, v) => graph.StyledTail("op", v[0], v[1], v[2], v[3], last),
                    (graph, v) => graph.Add("sum", Tail(graph, v[0], v[1], v[2]), v[3]));
                yield return Compare("StyledTail with noise and half a skip", (Height, Width), half, last, [x, bias, noise, small],
                    (graph, v) => graph.StyledTail("op", v[0], v[1], v[2], v[3], last),
                    (graph, v) => graph.Add("sum", Tail(graph, v[0], v[1], v[2]), graph.Bilinear2("enlarged", v[3])));
            }
        }
        yield return Colours();
    }

    // In one type and layout, of a picture of three planes.
    private OperatorResult Colours()
    {
        const int factor = 4, cellHeight = 9, cellWidth = 13, height = factor * cellHeight, width = factor * cellWidth;
        (string Name, float[] Values, long[] Shape)[] inputs =
        [
            ("coefficients", Values(12 * cellHeight * cellWidth), [1, 12, cellHeight, cellWidth]),
            ("picture", Values(3 * height * width), [1, 3, height, width]),
            ("residual", Values(3 * height * width), [1, 3, height, width]),
        ];
        float[] expected = OnCpu(Build(native: false), inputs), actual = target.Graph(stream, Build(native: true), inputs, expected.Length);
        return new OperatorResult("ColourTransform", "fp32", "NCHW", RelativeError.L2(actual, expected), AllowedSingle);

        byte[] Build(bool native)
        {
            GraphBuilder graph = new("operator", "");
            string[] names = [.. inputs.Select(input => graph.Input(input.Name, "", [.. input.Shape.Select(size => (Dim)size)]))];
            graph.Output("y", "", native ? graph.TransformStandardised("op", names[0], names[1], names[2])
                : graph.TransformColours("op", names[0], names[1], names[2], factor), 1, 3, height, width);
            return graph.Build("", new Dictionary<string, string>()).ToByteArray();
        }
    }

    private static string EverySecond(GraphBuilder graph, string[] v)
    {
        float[] kernel = GraphOperators.FirKernel(EncoderTaps, 1);
        string weight = graph.Initializer("fir", [.. Enumerable.Range(0, Channels).SelectMany(_ => kernel)], Channels, 1, 3, 3);
        return graph.Conv("op", v[0], weight, null, 2, [1, 1, 0, 0], Channels);
    }

    private static string Tail(GraphBuilder graph, string x, string bias, string? noise) => graph.LeakyRelu("leaky",
        graph.Add("biased", noise is null ? x : graph.Add("noisy", x, noise),
            graph.Node("Reshape", "bias/map", [bias, graph.Integers(1, Channels, 1, 1)])));

    private OperatorResult Compare(string name, (int Height, int Width) size, bool half, bool last, float[][] values, Func<GraphBuilder, string[], string> native,
        Func<GraphBuilder, string[], string> standard)
    {
        long[][] shapes = [.. values.Select(v => v.Length == Channels ? new long[] { Channels }
            : v.Length == Channels * Height * Width ? [1, Channels, Height, Width]
            : v.Length == Channels * Height * Width / 4 ? [1, Channels, Height / 2, Width / 2]
            : v.Length == Height * Width ? [1, 1, Height, Width] : [1, 1, Height - 1, Width - 1])];
        (string Name, float[] Values, long[] Shape)[] inputs = [.. values.Select((v, i) => ($"input{i}", v, shapes[i]))];
        float[] expected = OnCpu(Build(standard, half: false, last: false), inputs);
        float[] actual = target.Graph(stream, Build(native, half, last), inputs, expected.Length);
        return new OperatorResult(name, half ? "fp16" : "fp32", last ? "NHWC" : "NCHW", RelativeError.L2(actual, expected),
            half ? AllowedHalf : AllowedSingle);

        byte[] Build(Func<GraphBuilder, string[], string> op, bool half, bool last)
        {
            GraphBuilder graph = new("operator", "");
            string[] names = [.. inputs.Select(input => graph.Input(input.Name, "", [.. input.Shape.Select(size => (Dim)size)]))];
            for (int i = 0; i < names.Length; i++)
            {
                if (half)
                    names[i] = graph.Node("Cast", $"{names[i]}/half", [names[i]], attributes: ("to", 10L));
                // Noise has one channel: its layout is the same either way.
                if (last && inputs[i].Shape is [_, Channels, _, _])
                    names[i] = graph.Node("Transpose", $"{names[i]}/last", [names[i]], attributes: ("perm", new long[] { 0, 2, 3, 1 }));
            }
            string y = op(graph, names);
            if (last)
                y = graph.Node("Transpose", "first", [y], attributes: ("perm", new long[] { 0, 3, 1, 2 }));
            if (half)
                y = graph.Node("Cast", "single", [y], attributes: ("to", 1L));
            graph.Output("y", "", y, 1, Channels, size.Height, size.Width);
            return graph.Build("", new Dictionary<string, string>()).ToByteArray();
        }
    }

    private static float[] OnCpu(byte[] model, (string Name, float[] Values, long[] Shape)[] inputs)
    {
        using InferenceSession session = new(model);
        OrtValue[] values = [.. inputs.Select(input => OrtValue.CreateTensorValueFromMemory(input.Values, input.Shape))];
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs =
            session.Run(run, [.. inputs.Select(input => input.Name)], values, session.OutputNames);
        foreach (OrtValue value in values)
            value.Dispose();
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (_random.NextSingle() * 2) - 1)];
}
