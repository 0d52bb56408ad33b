using EdgeSimToReal.Core;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Kernels;
using EdgeSimToReal.Runtime.Live;
using Google.Protobuf;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>Whether the machine's first GPU can be used: kernels are loaded and a convolution runs there.</summary>
public static class CudaProbe
{
    private const string Input = "x";
    private const string Output = "y";

    /// <summary>Side of the square of ones that is convolved with 3×3 ones: each result is the number of neighbours.</summary>
    internal const int Side = 8;

    /// <summary>Runs it.</summary>
    /// <returns>The GPU, and which operators graphs get there, for people.</returns>
    /// <exception cref="EdgeSimException">The GPU, its driver, ONNX Runtime's CUDA provider or cuDNN can't be used.</exception>
    public static string Run()
    {
        DeviceChoice.Make(LiveDevice.Cuda);
        using CudaDevice device = CudaDevice.Open(CudaDriver.Load());
        using CudaModule module = new(device, KernelManifest.Embedded);
        using CudaStream stream = new(device);
        float[] ones = new float[Side * Side];
        Array.Fill(ones, 1);
        using DeviceBuffer<float> input = new(device, ones), output = new(device, ones.Length);
        using PinnedBuffer<float> result = new(device, ones.Length);
        using CudaSession session = new(stream, Model(), "probe", new CudaSessionOptions(), graph: false);
        session.BindInput(Input, input.View, [1, 1, Side, Side]);
        session.BindOutput(Output, output.View, [1, 1, Side, Side]);
        session.WarmUp();
        stream.Download(output, result);
        stream.Synchronize();
        if (!result.Span.SequenceEqual(Expected()))
        {
            throw new EdgeSimException($"ONNX Runtime's CUDA provider computes wrong numbers on {device}.",
                "Install the CUDA and cuDNN libraries that belong to this ONNX Runtime, or use --device cpu.", ExitCode.Missing);
        }
        return $"{device}: ONNX Runtime ran a convolution; native operators: "
            + (CudaOps.Refusal() is { } refusal ? $"standard ones serve. {refusal}" : "used");
    }

    /// <summary>The convolution.</summary>
    internal static byte[] Model()
    {
        GraphBuilder graph = new("probe", "");
        string x = graph.Input(Input, "", 1, 1, Side, Side);
        float[] weight = new float[9];
        Array.Fill(weight, 1);
        graph.Output(Output, "", graph.Node("Conv", "neighbours", [x, graph.Initializer("weight", weight, 1, 1, 3, 3)],
            attributes: ("pads", new long[] { 1, 1, 1, 1 })), 1, 1, Side, Side);
        return graph.Build("", []).ToByteArray();
    }

    /// <summary>What it gives, [Side, Side].</summary>
    internal static float[] Expected() => [.. Enumerable.Range(0, Side * Side)
        .Select(i => (float)((i / Side is 0 or Side - 1 ? 2 : 3) * (i % Side is 0 or Side - 1 ? 2 : 3)))];
}
