using EdgeSimToReal.Runtime.Cuda;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>The guard's segmenter on a device: two pictures a run, its work queues up in the stream that it was made with.</summary>
internal interface ICudaGuardNetwork : IDisposable
{
    /// <summary>Planes R, G, B in [-1, 1], [2, 3, Height, Width].</summary>
    DeviceBuffer<float> Input { get; }

    /// <summary>[2, classes, Height, Width].</summary>
    DeviceBuffer<float> Logits { get; }

    /// <summary>Runs what the first readings would wait for, on the thread that reads.</summary>
    void WarmUp();

    /// <summary>Queues the work; allocates nothing.</summary>
    void Run();
}
