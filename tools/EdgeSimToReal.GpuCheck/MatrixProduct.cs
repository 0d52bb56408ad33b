using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Cuda;
using Google.Protobuf;

namespace EdgeSimToReal.GpuCheck;

/// <summary>A large matrix product in ONNX Runtime: what the tensor cores give at best.</summary>
internal static class MatrixProduct
{
    private const int Side = 4096;
    private const int Runs = 20;

    /// <summary>Multiply-accumulates a second.</summary>
    /// <param name="stream">Where the work queues up.</param>
    /// <param name="half">fp16 rather than fp32 with factors rounded to TF32.</param>
    public static double Measure(CudaStream stream, bool half)
    {
        GraphBuilder graph = new("peak", "A matrix product.");
        string a = graph.Input("a", "", Side, Side), b = graph.Input("b", "", Side, Side);
        string product = half
            ? graph.Node("Cast", "product/single", [graph.Node("MatMul", "product", [Half(a), Half(b)])], attributes: ("to", 1L))
            : graph.Node("MatMul", "product", [a, b]);
        graph.Output("c", "", product, Side, Side);
        byte[] model = graph.Build("A matrix product.", new Dictionary<string, string>()).ToByteArray();
        using DeviceBuffer<float> left = new(stream.Device, Side * Side), right = new(stream.Device, Side * Side),
            result = new(stream.Device, Side * Side);
        using CudaSession session = new(stream, model, "matrix product", new CudaSessionOptions(), graph: false);
        stream.Clear(left);
        stream.Clear(right);
        session.BindInput("a", left.View, [Side, Side]);
        session.BindInput("b", right.View, [Side, Side]);
        session.BindOutput("c", result.View, [Side, Side]);
        session.WarmUp();
        using CudaEvent start = new(stream.Device, timing: true), end = new(stream.Device, timing: true);
        start.Record(stream);
        for (int i = 0; i < Runs; i++)
            session.Run();
        end.Record(stream);
        end.Synchronize();
        return Math.Pow(Side, 3) * Runs / (end.MillisecondsSince(start) / 1e3);

        string Half(string name) => graph.Node("Cast", $"{name}/half", [name], attributes: ("to", 10L));
    }
}
