using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Cuda;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>A live graph on the fake driver, whose device memory is the host's: ONNX Runtime's CPU does its work in its turn.</summary>
internal sealed unsafe class HostLiveNetwork : ICudaNetwork
{
    private readonly CudaStream _stream;
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();
    private readonly DeviceBuffer<float> _input;
    private readonly DeviceBuffer<float> _output;
    private GCHandle _self;

    /// <summary>Loads a graph without labels.</summary>
    /// <param name="stream">Where its work belongs.</param>
    /// <param name="graph">The graph.</param>
    public HostLiveNetwork(CudaStream stream, BakedGraph graph)
    {
        (_stream, Width, Height) = (stream, graph.Width, graph.Height);
        _session = new InferenceSession(graph.Model);
        _input = new DeviceBuffer<float>(stream.Device, 3 * Width * Height);
        _output = new DeviceBuffer<float>(stream.Device, 3 * Width * Height);
        _binding = _session.CreateIoBinding();
        _binding.BindInput(LiveGraph.InputName, Value(_input));
        _binding.BindOutput(LiveGraph.OutputName, Value(_output));
        _self = GCHandle.Alloc(this);
    }

    public int Width { get; }

    public int Height { get; }

    public bool Half => false;

    public DeviceView Input => _input.View;

    public DeviceView Output => _output.View;

    public DeviceBuffer<float>? Labels => null;

    public void Run() => MockCuda.Work(_stream.Handle, &Work, GCHandle.ToIntPtr(_self), _input.Handle, _output.Handle);

    public void Dispose()
    {
        _binding.Dispose();
        _session.Dispose();
        _options.Dispose();
        _input.Dispose();
        _output.Dispose();
        if (_self.IsAllocated)
            _self.Free();
    }

    private OrtValue Value(DeviceBuffer<float> buffer) => OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance,
        TensorElementType.Float, [1, 3, Height, Width], buffer.Handle, buffer.Length * sizeof(float));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Work(nint self)
    {
        HostLiveNetwork network = (HostLiveNetwork)GCHandle.FromIntPtr(self).Target!;
        network._session.RunWithBinding(network._options, network._binding);
    }
}
