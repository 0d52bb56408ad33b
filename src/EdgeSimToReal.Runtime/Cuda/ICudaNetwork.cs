using EdgeSimToReal.Runtime.Baking;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>A network whose input and output lie on a device and whose work queues up in the stream that it was made with.</summary>
internal interface ICudaNetwork : IDisposable
{
    /// <summary>Picture width.</summary>
    int Width { get; }

    /// <summary>Picture height.</summary>
    int Height { get; }

    /// <summary>Whether the pictures are fp16 rather than fp32.</summary>
    bool Half { get; }

    /// <summary>What the layers compute with.</summary>
    LivePrecision Precision => Half ? LivePrecision.Fp16 : LivePrecision.Fp32;

    /// <summary>Planes R, G, B in [-1, 1], [3, Height, Width].</summary>
    DeviceView Input { get; }

    /// <summary>Planes R, G, B, not clamped, [3, Height, Width].</summary>
    DeviceView Output { get; }

    /// <summary>The label map, [classes, Height / stride, Width / stride]; null where the network takes none.</summary>
    DeviceBuffer<float>? Labels { get; }

    /// <summary>Queues the work; allocates nothing.</summary>
    void Run();
}
