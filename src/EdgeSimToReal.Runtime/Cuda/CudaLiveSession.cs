using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Baking;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>A baked live graph on a device, fp32 or fp16 as its picture input is.</summary>
internal sealed class CudaLiveSession : ICudaNetwork
{
    private readonly CudaSession _session;
    private readonly DeviceBuffer<byte>? _input;
    private readonly DeviceBuffer<byte>? _output;

    /// <summary>Loads a live graph and warms it up.</summary>
    /// <param name="stream">Where the work queues up; its device's context must be this thread's.</param>
    /// <param name="graph">The baked graph.</param>
    /// <param name="options">How ONNX Runtime computes.</param>
    /// <param name="record">Whether the work is recorded as a CUDA graph.</param>
    /// <exception cref="EdgeSimException">ONNX Runtime refuses the graph or the device, or memory runs out.</exception>
    public CudaLiveSession(CudaStream stream, BakedGraph graph, CudaSessionOptions options, bool record)
    {
        CudaDevice device = stream.Device;
        (Width, Height, Precision) = (graph.Width, graph.Height, graph.Precision);
        _session = new CudaSession(stream, graph.Model, "baked live graph", options, record);
        try
        {
            Half = _session.IsHalf(LiveGraph.InputName);
            int values = 3 * Width * Height, bytes = values * (Half ? 2 : 4);
            _input = new DeviceBuffer<byte>(device, bytes);
            _output = new DeviceBuffer<byte>(device, bytes);
            (Input, Output) = (new DeviceView(_input.Handle, values), new DeviceView(_output.Handle, values));
            // What warm-up reads, which has to be numbers.
            stream.Clear(_input);
            _session.BindInput(LiveGraph.InputName, Input, [1, 3, Height, Width], Half);
            _session.BindOutput(LiveGraph.OutputName, Output, [1, 3, Height, Width], Half);
            if (graph.Labels is { } labels)
            {
                (int rows, int columns) = (Height / labels.Stride, Width / labels.Stride);
                Labels = new DeviceBuffer<float>(device, labels.Space.Count * rows * columns);
                stream.Clear(Labels);
                _session.BindInput(LiveGraph.LabelsName, Labels.View, [1, labels.Space.Count, rows, columns]);
            }
            _session.WarmUp();
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
    public bool Half { get; }

    /// <inheritdoc/>
    public LivePrecision Precision { get; }

    /// <inheritdoc/>
    public DeviceView Input { get; }

    /// <inheritdoc/>
    public DeviceView Output { get; }

    /// <inheritdoc/>
    public DeviceBuffer<float>? Labels { get; }

    /// <inheritdoc/>
    public void Run() => _session.Run();

    /// <inheritdoc/>
    public void Dispose()
    {
        // ONNX Runtime works on the memory until its session is gone.
        _session.Dispose();
        _input?.Dispose();
        _output?.Dispose();
        Labels?.Dispose();
    }
}
