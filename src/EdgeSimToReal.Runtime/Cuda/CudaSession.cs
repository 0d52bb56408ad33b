using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Kernels;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>A network in ONNX Runtime's CUDA provider: bound once to device memory, computed on the caller's stream.</summary>
internal sealed class CudaSession : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly string _name;
    private readonly CudaStream _stream;
    private readonly InferenceSession _session = null!;
    private readonly OrtIoBinding _binding = null!;
    private readonly OrtMemoryInfo _memory = null!;
    private readonly RunOptions _options = null!;
    private readonly RecordedRuns? _recorded;

    /// <summary>Loads a network.</summary>
    /// <param name="stream">Where the work queues up; its device's context must be this thread's.</param>
    /// <param name="model">A serialised ONNX model of fixed sizes.</param>
    /// <param name="name">What the model is, for messages and ONNX Runtime's log.</param>
    /// <param name="options">How ONNX Runtime computes.</param>
    /// <param name="graph">Whether the work is recorded and replayed.</param>
    /// <exception cref="EdgeSimException">ONNX Runtime refuses the model or the device.</exception>
    public CudaSession(CudaStream stream, byte[] model, string name, CudaSessionOptions options, bool graph)
    {
        (_stream, _name) = (stream, name);
        int ordinal = stream.Device.Ordinal;
        // Where cuDNN has no plan for a convolution ONNX Runtime takes another way, and still logs an error of the environment's logger;
        // what fails for good comes as an exception.
        if (OrtEnv.Instance() is { EnvLogLevel: OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING } environment)
            environment.EnvLogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        Guarded("load", () =>
        {
            using SessionOptions session = new() { GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL, LogId = name };
            using OrtCUDAProviderOptions provider = new();
            provider.UpdateOptions(options.ForProvider(ordinal, stream.Handle, graph));
            session.AppendExecutionProvider_CUDA(provider);
            // An operator that fell back to the CPU would copy every frame to and fro unnoticed.
            session.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1");
            CustomOps.TryRegister(session);
            return Own(new InferenceSession(model, session));
        }, out _session);
        Guarded("bind", () => Own(_session.CreateIoBinding()), out _binding);
        _memory = Own(new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, ordinal, OrtMemType.Default));
        _options = Own(Options());
        if (!graph)
            return;
        RunOptions plain = Own(Options());
        plain.AddRunConfigEntry("gpu_graph_id", "-1");
        _recorded = new RecordedRuns(() => _session.RunWithBinding(_options, _binding), () => _session.RunWithBinding(plain, _binding));
    }

    /// <summary>The names of the inputs.</summary>
    public IReadOnlyList<string> InputNames => _session.InputNames;

    /// <summary>The names of the outputs.</summary>
    public IReadOnlyList<string> OutputNames => _session.OutputNames;

    /// <summary>An output's shape; -1 for sizes that are not fixed; null where there is no such output.</summary>
    /// <param name="name">Its name.</param>
    public int[]? OutputShape(string name) => _session.OutputMetadata.GetValueOrDefault(name)?.Dimensions;

    /// <summary>Whether an input takes fp16 rather than fp32.</summary>
    /// <param name="name">Its name.</param>
    public bool IsHalf(string name) => _session.InputMetadata[name].ElementDataType == TensorElementType.Float16;

    /// <summary>Binds an input to memory that outlives the session.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="memory">Device memory of as many elements.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="half">Whether it is fp16 rather than fp32.</param>
    public void BindInput(string name, DeviceView memory, long[] shape, bool half = false) =>
        Guarded("bind", () => _binding.BindInput(name, Value(memory, shape, half)));

    /// <summary>Binds an output likewise.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="memory">Device memory of as many elements.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="half">Whether it is fp16 rather than fp32.</param>
    public void BindOutput(string name, DeviceView memory, long[] shape, bool half = false) =>
        Guarded("bind", () => _binding.BindOutput(name, Value(memory, shape, half)));

    /// <summary>Runs what the first frames would wait for: memory, the search for algorithms, the recording.</summary>
    /// <remarks>Call it on the thread that runs, once everything is bound and while nothing else works on the device.</remarks>
    /// <exception cref="EdgeSimException">ONNX Runtime can't run or record the network.</exception>
    public void WarmUp()
    {
        Guarded(_recorded is null ? "run" : "record", () =>
        {
            if (_recorded is null)
                _session.RunWithBinding(_options, _binding);
            else
                _recorded.WarmUp();
        });
        _stream.Synchronize();
    }

    /// <summary>Queues the work; allocates nothing.</summary>
    /// <exception cref="EdgeSimException">ONNX Runtime failed.</exception>
    public void Run()
    {
        try
        {
            if (_recorded is null)
                _session.RunWithBinding(_options, _binding);
            else
                _recorded.Run();
        }
        catch (OnnxRuntimeException error)
        {
            throw Failed("run", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Last made, first disposed: bindings before the session.
        for (int i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
        _owned.Clear();
    }

    private static RunOptions Options()
    {
        RunOptions options = new();
        // The frame's one wait comes after its download.
        options.AddRunConfigEntry("disable_synchronize_execution_providers", "1");
        return options;
    }

    private OrtValue Value(DeviceView memory, long[] shape, bool half) => Own(OrtValue.CreateTensorValueWithData(_memory,
        half ? TensorElementType.Float16 : TensorElementType.Float, shape, memory.Address, memory.Length * (half ? 2 : 4)));

    private T Own<T>(T item)
        where T : IDisposable
    {
        _owned.Add(item);
        return item;
    }

    private void Guarded(string action, Action work) => Guarded(action, () =>
    {
        work();
        return 0;
    }, out _);

    private void Guarded<T>(string action, Func<T> work, out T result)
    {
        try
        {
            result = work();
        }
        catch (Exception error) when (error is OnnxRuntimeException or EntryPointNotFoundException)
        {
            Dispose();
            throw Failed(action, error);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private EdgeSimException Failed(string action, Exception error) => new(
        $"ONNX Runtime can't {action} the {_name} on {_stream.Device}: {error.Message.TrimEnd('.')}.", action switch
        {
            "record" => "Use --cuda-graph off.",
            "load" => "Check that the CUDA and cuDNN libraries of this ONNX Runtime are installed, or use --device cpu.",
            _ => "Start again; if it happens again, run at a smaller size or use --device cpu.",
        }, ExitCode.Missing, error);
}
