using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Segmentation;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Guard;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>A bundle's guard on the fake driver, whose device memory is the host's: ONNX Runtime's CPU does its work in its turn.</summary>
internal sealed unsafe class HostGuardNetwork : ICudaGuardNetwork
{
    private readonly CudaStream _stream;
    private readonly InferenceSession? _session;
    private readonly OrtIoBinding? _binding;
    private readonly RunOptions _options = new();
    private GCHandle _self;
    private readonly int _pixels;

    /// <summary>Loads the guard.</summary>
    /// <param name="stream">Where its work belongs.</param>
    /// <param name="bundle">A bundle with a guard.</param>
    /// <param name="idle">Whether its work changes nothing.</param>
    public HostGuardNetwork(CudaStream stream, ModelBundle bundle, bool idle)
    {
        _stream = stream;
        BundleGuard guard = bundle.Manifest.Guard!;
        (int classes, _pixels) = (LabelSpaces.ByName(guard.LabelSpace).Count, guard.Width * guard.Height);
        try
        {
            Input = new DeviceBuffer<float>(stream.Device, 2 * 3 * _pixels);
            Logits = new DeviceBuffer<float>(stream.Device, 2 * classes * _pixels);
            if (!idle)
            {
                _session = new InferenceSession(CudaGuardSession.FixSizes(bundle.Content(BundleRoles.Guard), guard));
                Assert.Equal([SegmenterExporter.Logits], _session.OutputNames);
                Assert.Equal([2, 3, guard.Height, guard.Width], _session.InputMetadata[SaeExporter.Image].Dimensions);
                _binding = _session.CreateIoBinding();
                _binding.BindInput(SaeExporter.Image, Value(Input, [2, 3, guard.Height, guard.Width]));
                _binding.BindOutput(SegmenterExporter.Logits, Value(Logits, [2, classes, guard.Height, guard.Width]));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        _self = GCHandle.Alloc(this);
    }

    public DeviceBuffer<float> Input { get; } = null!;

    public DeviceBuffer<float> Logits { get; } = null!;

    /// <summary>The thread that warmed it up.</summary>
    public int WarmedUpOn { get; private set; }

    /// <summary>Called by warm-up.</summary>
    public Action? OnWarmUp { get; init; }

    public void WarmUp()
    {
        WarmedUpOn = Environment.CurrentManagedThreadId;
        OnWarmUp?.Invoke();
    }

    public void Run() => MockCuda.Work(_stream.Handle, &Work, GCHandle.ToIntPtr(_self), Input.Handle, Logits.Handle);

    public void Dispose()
    {
        _binding?.Dispose();
        _session?.Dispose();
        _options.Dispose();
        Input?.Dispose();
        Logits?.Dispose();
        if (_self.IsAllocated)
            _self.Free();
    }

    private static OrtValue Value(DeviceBuffer<float> buffer, long[] shape) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElementType.Float, shape, buffer.Handle, buffer.Length * sizeof(float));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Work(nint self)
    {
        HostGuardNetwork network = (HostGuardNetwork)GCHandle.FromIntPtr(self).Target!;
        network._session?.RunWithBinding(network._options, network._binding);
    }
}
