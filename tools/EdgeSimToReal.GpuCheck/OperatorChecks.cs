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

    // Odd, so that blocks and vectors do not fill up; the skip's half size needs them even.
    private const int Channels = 24;
    private const int Height = 34;
    private const int Width = 46;

    private static readonly float[] Taps = [1, 3, 3, 1];
    private readonly Random _random = new(5);

    /// <summary>Checks them all.</summary>
    public IEnumerable<OperatorResult> Run()
    {
        float[] x = Values(Channels * Height * Width), bias = Values(Channels), skip = Values(x.Length), small = Values(x.Length / 4);
        foreach (bool half in new[] { false, true })
        {
            foreach (bool last in new[] { false, true })
            {
                yield return Compare("UpFirDown", half, last, [x],
                    (graph, v) => graph.UpFirDown("op", v[0], Taps, [2, 2, 1, 1], reflect: true, down: 1, last),
                    (graph, v) => graph.Fir("op", graph.ReflectPad("pad", v[0], 2, 1), Channels, Taps, 1, 0));
                yield return Compare("FirTail", half, last, [x, bias, Values((Height - 1) * (Width - 1))],
                    (graph, v) => graph.FirTail("op", v[0], v[1], v[2], Taps, 4, 1, last),
                    (graph, v) => Tail(graph, graph.Fir("fir", v[0], Channels, Taps, 4, 1), v[1], v[2]));
                float[] noise = Values(Height * Width);
                yield return Compare("StyledTail", half, last, [x, bias, noise, skip],
                    (graph, v) => graph.StyledTail("op", v[0], v[1], v[2], v[3], last),
                    (graph, v) => graph.Add("sum", Tail(graph, v[0], v[1], v[2]), v[3]));
                yield return Compare("StyledTail of half a skip", half, last, [x, bias, noise, small],
                    (graph, v) => graph.StyledTail("op", v[0], v[1], v[2], v[3], last),
                    (graph, v) => graph.Add("sum", Tail(graph, v[0], v[1], v[2]), graph.Bilinear2("enlarged", v[3])));
            }
        }
    }

    private static string Tail(GraphBuilder graph, string x, string bias, string noise) => graph.LeakyRelu("leaky",
        graph.Add("biased", graph.Add("noisy", x, noise), graph.Node("Reshape", "bias/map", [bias, graph.Integers(1, Channels, 1, 1)])));

    private OperatorResult Compare(string name, bool half, bool last, float[][] values, Func<GraphBuilder, string[], string> native,
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
            (int height, int width) = inputs.Any(input => input.Shape is [1, 1, Height - 1, _]) ? (Height - 1, Width - 1) : (Height, Width);
            graph.Output("y", "", y, 1, Channels, height, width);
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
