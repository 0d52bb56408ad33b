using EdgeSimToReal.Runtime.Cuda;

namespace EdgeSimToReal.GpuCheck;

/// <summary>Any graph of fp32 inputs and one output, once on the device.</summary>
internal static class DeviceGraph
{
    /// <summary>Runs it.</summary>
    /// <param name="stream">Where it runs.</param>
    /// <param name="model">The serialised graph, of fixed sizes.</param>
    /// <param name="inputs">All of its inputs.</param>
    /// <param name="count">Values of the output.</param>
    /// <exception cref="Core.EdgeSimException">ONNX Runtime refuses the graph, or the device failed.</exception>
    public static float[] Run(CudaStream stream, byte[] model, IReadOnlyList<(string Name, float[] Values, long[] Shape)> inputs, int count)
    {
        List<DeviceBuffer<float>> buffers = [];
        try
        {
            using CudaSession session = new(stream, model, "operator", new CudaSessionOptions { TensorFloat32 = false }, graph: false);
            foreach ((string name, float[] values, long[] shape) in inputs)
            {
                buffers.Add(new DeviceBuffer<float>(stream.Device, values));
                session.BindInput(name, buffers[^1].View, shape);
            }
            string output = session.OutputNames[0];
            buffers.Add(new DeviceBuffer<float>(stream.Device, count));
            session.BindOutput(output, buffers[^1].View, [.. session.OutputShape(output)!.Select(size => (long)size)]);
            session.WarmUp();
            using PinnedBuffer<float> result = new(stream.Device, count);
            stream.Download(buffers[^1], result);
            stream.Synchronize();
            return result.Span.ToArray();
        }
        finally
        {
            foreach (DeviceBuffer<float> buffer in buffers)
                buffer.Dispose();
        }
    }
}
