using System.Diagnostics;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Kernels;

namespace EdgeSimToReal.Runtime.Baking;

/// <content>What lies between the convolutions, as native operators of a GPU.</content>
/// <remarks>
/// Convolutions are standard operators on [N, C, H, W]. With channels last, every native operator has a Transpose before and behind it;
/// ONNX Runtime, told to prefer channels last, puts the opposite ones around every convolution, and both go.
/// </remarks>
public sealed partial class LiveGraph
{
    private static readonly long[] LastToFirst = [0, 3, 1, 2];
    private static readonly long[] FirstToLast = [0, 2, 3, 1];

    private readonly Dictionary<string, string> _last = []; // values that are there with channels last, by their usual names

    private bool OnCuda => _options.Upsampling == UpsamplingForm.CudaTails;

    // Convolution, bias and leaky ReLU of any form; here also the skip connection.
    private string Activated(string layer, string x, string weight, string bias, int stride = 1, string? skip = null)
    {
        Debug.Assert(skip is null || OnCuda, "Other forms add the skip connection themselves.");
        return OnCuda
            ? Tail($"{layer}.Act", _graph.Conv(layer, x, weight, null, stride), bias, null, skip)
            : _graph.LeakyRelu($"{layer}.Act", _graph.Conv(layer, x, weight, bias, stride));
    }

    private string StyledOnCuda(string layer, string x, WeightTensor weight, bool upsample, string bias, string? noise, string? skip)
    {
        string kernel = _graph.Initializer($"{layer}.conv.weight", weight), name = $"{layer}.activate";
        return upsample
            ? Given(name, _graph.FirTail(Native(name), Taken(_graph.ConvTranspose2($"{layer}.conv", x, kernel)), bias, noise, GeneratorTaps,
                4, 1, _options.ChannelsLast))
            : Tail(name, _graph.Conv($"{layer}.conv", x, kernel, padding: 1), bias, noise, skip);
    }

    private string Tail(string name, string x, string bias, string? noise, string? skip) =>
        Given(name, _graph.StyledTail(Native(name), Taken(x), bias, noise, skip is null ? null : Taken(skip), _options.ChannelsLast));

    // The encoder's filter with its pads.
    private string EncoderFir(string name, string x, long[] pads, bool reflect, int down) =>
        Given(name, _graph.UpFirDown(Native(name), Taken(x), EncoderTaps, pads, reflect, down, _options.ChannelsLast));

    private Signal EncoderBlockOnCuda(SaeBlock block, Signal x, Signal main)
    {
        string blurred = EncoderFir($"{block.Name}.skip.Blur", x.Name, [1, 1, 0, 0], reflect: false, down: 2);
        string skip = _graph.Conv($"{block.Name}.skip", blurred,
            Weight($"{block.Name}.skip.Conv.weight", _encoder[$"{block.Name}.skip.Conv.weight"], _ => 1 / x.Gain, 1));
        // (main + skip)/√2 is stored without the 1/√2, as a signal of gain √2.
        return EncoderDown($"{block.Name}.conv2", main, skip) with { Gain = Root2 };
    }

    // The name of a native operator's node: its result under the plain name comes behind the Transpose.
    private string Native(string name) => _options.ChannelsLast ? $"{name}/native" : name;

    // A value as native operators take it.
    private string Taken(string value)
    {
        if (!_options.ChannelsLast)
            return value;
        if (!_last.TryGetValue(value, out string? last))
            _last[value] = last = _graph.Node("Transpose", $"{value}/last", [value], attributes: ("perm", FirstToLast));
        return last;
    }

    // A native operator's result as standard ones take it.
    private string Given(string name, string native)
    {
        if (!_options.ChannelsLast)
            return native;
        _last[name] = native;
        return _graph.Node("Transpose", name, [native], attributes: ("perm", LastToFirst));
    }

    // Drops what nothing reads: a native operator's result may be read by native ones alone.
    private static void Prune(GraphProto graph)
    {
        HashSet<string> read = [.. graph.Output.Select(output => output.Name)];
        for (int i = graph.Node.Count - 1; i >= 0; i--)
        {
            if (graph.Node[i].Output.Any(read.Contains))
                read.UnionWith(graph.Node[i].Input);
            else
                graph.Node.RemoveAt(i);
        }
    }
}
