using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Kernels;
using EdgeSimToReal.Runtime.Live;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.GpuCheck;

/// <summary>What is checked: the machine's GPU, or a test's fake one.</summary>
internal sealed record GpuTarget
{
    /// <summary>Opens the device.</summary>
    public required Func<CudaDevice> Open { get; init; }

    /// <summary>The form of live graphs that it runs.</summary>
    public required Func<BakeOptions, BakeOptions> Form { get; init; }

    /// <summary>Makes a live network: stream, graph, options, recorded or not.</summary>
    public required Func<CudaStream, BakedGraph, CudaSessionOptions, bool, ICudaNetwork> Network { get; init; }

    /// <summary>Makes a guard beside a translator.</summary>
    public required Func<CudaLiveTranslator, ModelBundle, GuardPolicy, CudaLabelGuard> Guard { get; init; }

    /// <summary>Runs any graph of fp32 inputs and one output once: stream, model, inputs, values of the output.</summary>
    public required Func<CudaStream, byte[], IReadOnlyList<(string Name, float[] Values, long[] Shape)>, int, float[]> Graph { get; init; }

    /// <summary>Why the device can't run native operators; null where it can.</summary>
    public required Func<string?> OperatorsRefused { get; init; }

    /// <summary>Multiply-accumulates a second of a large matrix product: stream, half or single precision; null: not measured.</summary>
    public Func<CudaStream, bool, double>? MatrixPeak { get; init; }

    /// <summary>The machine's first GPU.</summary>
    /// <exception cref="Core.EdgeSimException">There is none that can be used.</exception>
    public static GpuTarget Machine()
    {
        DeviceChoice.Make(LiveDevice.Cuda);
        return new GpuTarget
        {
            Open = () => CudaDevice.Open(CudaDriver.Load()),
            Form = options => options.ForCuda(new CudaSessionOptions()),
            Network = (stream, graph, options, record) => new CudaLiveSession(stream, graph, options, record),
            Guard = (translator, bundle, policy) => new CudaLabelGuard(translator, bundle, policy),
            Graph = DeviceGraph.Run,
            OperatorsRefused = CudaOps.Refusal,
            MatrixPeak = MatrixProduct.Measure,
        };
    }

    /// <summary>ONNX Runtime's version.</summary>
    public static string OnnxRuntime => OrtEnv.Instance().GetVersionString();
}
