using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeSimToReal.Runtime.Cuda;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>A network that gives its label map's first value less its input, in its stream's turn; or nothing where it is told to be idle.</summary>
internal sealed unsafe class FakeNetwork : ICudaNetwork
{
    private readonly CudaStream _stream;
    private readonly bool _idle;
    private readonly DeviceBuffer<float>? _input;
    private readonly DeviceBuffer<float>? _output;
    private GCHandle _self;

    /// <summary>Allocates input and output.</summary>
    /// <param name="stream">Where its work belongs.</param>
    /// <param name="width">Picture width.</param>
    /// <param name="height">Picture height.</param>
    /// <param name="labels">Values of its label map; 0: it takes none.</param>
    /// <param name="idle">Whether its work changes nothing.</param>
    public FakeNetwork(CudaStream stream, int width, int height, int labels, bool idle)
    {
        (_stream, _idle, Width, Height) = (stream, idle, width, height);
        try
        {
            _input = new DeviceBuffer<float>(stream.Device, 3 * width * height);
            _output = new DeviceBuffer<float>(stream.Device, 3 * width * height);
            (Input, Output) = (_input.View, _output.View);
            Labels = labels == 0 ? null : new DeviceBuffer<float>(stream.Device, labels);
        }
        catch
        {
            Dispose();
            throw;
        }
        _self = GCHandle.Alloc(this);
    }

    public int Width { get; }

    public int Height { get; }

    public bool Half => false;

    public DeviceView Input { get; }

    public DeviceView Output { get; }

    public DeviceBuffer<float>? Labels { get; }

    /// <summary>Called by each run, on the thread that runs.</summary>
    public Action? OnRun { get; set; }

    public void Run()
    {
        OnRun?.Invoke();
        MockCuda.Work(_stream.Handle, &Work, GCHandle.ToIntPtr(_self), Input.Address, Output.Address);
    }

    public void Dispose()
    {
        _input?.Dispose();
        _output?.Dispose();
        Labels?.Dispose();
        if (_self.IsAllocated)
            _self.Free();
    }

    // The fake driver's device memory is the host's.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Work(nint self)
    {
        FakeNetwork network = (FakeNetwork)GCHandle.FromIntPtr(self).Target!;
        if (network._idle)
            return;
        float shift = network.Labels is null ? 0 : *(float*)network.Labels.Handle;
        float* input = (float*)network.Input.Address, output = (float*)network.Output.Address;
        for (int i = 0; i < network.Input.Length; i++)
            output[i] = shift - input[i];
    }
}
