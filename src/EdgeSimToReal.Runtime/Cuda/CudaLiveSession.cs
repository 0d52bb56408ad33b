using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Kernels;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>A baked live graph in ONNX Runtime's CUDA provider: bound once to device memory, computed on the caller's stream.</summary>
internal sealed class CudaLiveSession : ICudaNetwork
{
    private readonly List<IDisposable> _owned = [];
    private readonly InferenceSession _session = null!;
    private readonly OrtIoBinding _binding = null!;
    private readonly RunOptions _runOptions = null!;

    /// <summary>Loads a live graph.</summary>
    /// <param name="stream">Where the work queues up; its device's context must be this thread's.</param>
    /// <param name="graph">The baked graph.</param>
    /// <param name="options">How ONNX Runtime computes.</param>
    /// <exception cref="EdgeSimException">ONNX Runtime refuses the graph or the device, or memory runs out.</exception>
    public CudaLiveSession(CudaStream stream, BakedGraph graph, CudaSessionOptions options)
    {
        CudaDevice device = stream.Device;
        (Width, Height) = (graph.Width, graph.Height);
        try
        {
            Input = Own(new DeviceBuffer<float>(device, 3 * Width * Height));
            Output = Own(new DeviceBuffer<float>(device, 3 * Width * Height));
            using SessionOptions session = new()
            {
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
                LogId = "baked live graph",
            };
            using OrtCUDAProviderOptions provider = new();
            provider.UpdateOptions(options.ForProvider(device.Ordinal, stream.Handle));
            session.AppendExecutionProvider_CUDA(provider);
            CustomOps.TryRegister(session);
            // An operator that fell back to the CPU would copy every frame to and fro unnoticed.
            session.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1");
            _session = Own(new InferenceSession(graph.Model, session));
            _binding = Own(_session.CreateIoBinding());
            using OrtMemoryInfo memory = new("Cuda", OrtAllocatorType.DeviceAllocator, device.Ordinal, OrtMemType.Default);
            _binding.BindInput(LiveGraph.InputName, Own(Value(memory, Input, [1, 3, Height, Width])));
            _binding.BindOutput(LiveGraph.OutputName, Own(Value(memory, Output, [1, 3, Height, Width])));
            if (graph.Labels is { } labels)
            {
                (int rows, int columns) = (Height / labels.Stride, Width / labels.Stride);
                Labels = Own(new DeviceBuffer<float>(device, labels.Space.Count * rows * columns));
                _binding.BindInput(LiveGraph.LabelsName, Own(Value(memory, Labels, [1, labels.Space.Count, rows, columns])));
            }
            _runOptions = Own(new RunOptions());
            // The frame's one wait comes after its download.
            _runOptions.AddRunConfigEntry("disable_synchronize_execution_providers", "1");
        }
        catch (Exception error) when (error is OnnxRuntimeException or EntryPointNotFoundException)
        {
            Dispose();
            throw new EdgeSimException($"ONNX Runtime can't load the baked live graph on {device}: {error.Message.TrimEnd('.')}.",
                "Check that the CUDA and cuDNN libraries of this ONNX Runtime are installed, or use --device cpu.",
                ExitCode.Missing, error);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public int Height { get; }

    /// <inheritdoc/>
    public DeviceBuffer<float> Input { get; } = null!;

    /// <inheritdoc/>
    public DeviceBuffer<float> Output { get; } = null!;

    /// <inheritdoc/>
    public DeviceBuffer<float>? Labels { get; }

    /// <inheritdoc/>
    public void Run() => _session.RunWithBinding(_runOptions, _binding);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Last made, first disposed: bindings before values before the session before memory.
        for (int i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
        _owned.Clear();
    }

    private static OrtValue Value(OrtMemoryInfo memory, DeviceBuffer<float> buffer, long[] shape) =>
        OrtValue.CreateTensorValueWithData(memory, TensorElementType.Float, shape, buffer.Handle, (long)buffer.ByteCount);

    private T Own<T>(T item)
        where T : IDisposable
    {
        _owned.Add(item);
        return item;
    }
}
