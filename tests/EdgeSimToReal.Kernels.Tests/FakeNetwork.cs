using EdgeSimToReal.Runtime.Cuda;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>A network that gives its label map's first value less its input, or nothing where it is told to be idle.</summary>
internal sealed unsafe class FakeNetwork : ICudaNetwork
{
    private readonly CudaStream _stream;
    private readonly bool _idle;

    /// <summary>Allocates input and output.</summary>
    /// <param name="stream">Where its work belongs.</param>
    /// <param name="width">Picture width.</param>
    /// <param name="height">Picture height.</param>
    /// <param name="labels">Values of its label map; 0: it takes none.</param>
    /// <param name="idle">Whether a run does nothing.</param>
    public FakeNetwork(CudaStream stream, int width, int height, int labels, bool idle)
    {
        (_stream, _idle, Width, Height) = (stream, idle, width, height);
        try
        {
            Input = new DeviceBuffer<float>(stream.Device, 3 * width * height);
            Output = new DeviceBuffer<float>(stream.Device, 3 * width * height);
            Labels = labels == 0 ? null : new DeviceBuffer<float>(stream.Device, labels);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Width { get; }

    public int Height { get; }

    public DeviceBuffer<float> Input { get; } = null!;

    public DeviceBuffer<float> Output { get; } = null!;

    public DeviceBuffer<float>? Labels { get; }

    public void Run()
    {
        if (_idle)
            return;
        // The fake driver's device memory is the host's.
        _stream.Synchronize();
        float shift = Labels is null ? 0 : new Span<float>((void*)Labels.Handle, Labels.Length)[0];
        Span<float> input = new((void*)Input.Handle, Input.Length), output = new((void*)Output.Handle, Output.Length);
        for (int i = 0; i < input.Length; i++)
            output[i] = shift - input[i];
    }

    public void Dispose()
    {
        Input?.Dispose();
        Output?.Dispose();
        Labels?.Dispose();
    }
}
