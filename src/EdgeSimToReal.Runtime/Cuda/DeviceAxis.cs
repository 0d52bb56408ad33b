using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>A resampling axis's tables on a device.</summary>
internal sealed class DeviceAxis : IDisposable
{
    /// <summary>Copies the tables.</summary>
    /// <param name="device">The device; its context must be this thread's.</param>
    /// <param name="axis">The tables.</param>
    /// <exception cref="Core.EdgeSimException">The device has no memory left, or the copy failed.</exception>
    public DeviceAxis(CudaDevice device, ResampleAxis axis)
    {
        Taps = axis.Taps;
        Start = new DeviceBuffer<int>(device, axis.Start);
        try
        {
            Weights = new DeviceBuffer<float>(device, axis.Weights);
        }
        catch
        {
            Start.Dispose();
            throw;
        }
    }

    /// <summary>The first source pixel of each target pixel, [target].</summary>
    public DeviceBuffer<int> Start { get; }

    /// <summary>[target, <see cref="Taps"/>].</summary>
    public DeviceBuffer<float> Weights { get; }

    /// <summary>Source pixels per target pixel.</summary>
    public int Taps { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Start.Dispose();
        Weights.Dispose();
    }
}
