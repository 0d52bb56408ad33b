using System.CommandLine;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Live;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>The options that choose where the network runs, and how on a GPU.</summary>
public sealed class DeviceOptions
{
    public Option<LiveDevice> Device { get; } = CommonOptions.Choice("--device", LiveDevice.Auto,
        "Where the network runs; auto: a GPU where it can be used.");

    public Option<LiveMode> Mode { get; } = CommonOptions.Choice("--mode", LiveMode.Latency,
        "On a GPU: latency (one frame in flight) or throughput (upload, compute and download of successive frames overlap).");

    private readonly Option<CudaGraphUse> _graph = CommonOptions.Choice("--cuda-graph", CudaGraphUse.Auto,
        "On a GPU: record the network's launches once and replay them; auto: in latency mode, where ONNX Runtime can.");

    private readonly Option<Switch> _nhwc = CommonOptions.Choice("--cuda-nhwc", Switch.On, "On a GPU: channels-last convolutions.");

    private readonly Option<Switch> _tf32 = CommonOptions.Choice("--cuda-tf32", Switch.On,
        "On a GPU: fp32 convolutions may round their factors to TF32.");

    private readonly Option<ConvolutionSearch> _search = CommonOptions.Choice("--cuda-search", ConvolutionSearch.Exhaustive,
        "On a GPU: how cuDNN's convolution algorithms are chosen: exhaustive (measured, slower to start), heuristic or default.");

    private Option[] GpuOnly => [Mode, _graph, _nhwc, _tf32, _search];

    public void AddTo(Command command)
    {
        command.Options.Add(Device);
        foreach (Option option in GpuOnly)
            command.Options.Add(option);
    }

    /// <summary>How ONNX Runtime computes on a GPU.</summary>
    public CudaSessionOptions Cuda(ParseResult parsed) => new()
    {
        Graph = parsed.GetValue(_graph),
        ChannelsLast = parsed.GetValue(_nhwc) == Switch.On,
        TensorFloat32 = parsed.GetValue(_tf32) == Switch.On,
        Search = parsed.GetValue(_search),
    };

    /// <summary>Says which of the options for a GPU were given in vain.</summary>
    public void WarnUnused(ParseResult parsed, string reason)
    {
        foreach (Option option in GpuOnly)
        {
            if (parsed.GetResult(option) is { Implicit: false })
                Terminal.Warning($"{option.Name} has no effect: {reason}.");
        }
    }
}
