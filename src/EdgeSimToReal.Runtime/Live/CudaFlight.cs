using EdgeSimToReal.Runtime.Cuda;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>A frame in flight: its memory, and the events that its parts wait for.</summary>
internal sealed class CudaFlight : IDisposable
{
    /// <summary>Makes the events; memory follows with the first frame.</summary>
    /// <param name="device">The device; its context must be this thread's.</param>
    /// <param name="module">The kernels.</param>
    /// <param name="labels">Values of the network's label map; 0: it takes none.</param>
    /// <exception cref="Core.EdgeSimException">The driver refuses, or memory runs out.</exception>
    public CudaFlight(CudaDevice device, CudaModule module, int labels)
    {
        Slot = new CudaFrameSlot(device, module);
        try
        {
            Uploaded = new CudaEvent(device);
            Finished = new CudaEvent(device);
            Downloaded = new CudaEvent(device, sleeps: true);
            if (labels == 0)
                return;
            HostLabels = new PinnedBuffer<float>(device, labels);
            Labels = new DeviceBuffer<float>(device, labels);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The frame's memory.</summary>
    public CudaFrameSlot Slot { get; }

    /// <summary>After the upload.</summary>
    public CudaEvent Uploaded { get; } = null!;

    /// <summary>After the last kernel.</summary>
    public CudaEvent Finished { get; } = null!;

    /// <summary>After the download.</summary>
    public CudaEvent Downloaded { get; } = null!;

    /// <summary>The label map's way up; null where the network takes none.</summary>
    public PinnedBuffer<float>? HostLabels { get; }

    /// <summary>The label map on the device, before it is the network's turn.</summary>
    public DeviceBuffer<float>? Labels { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Slot.Dispose();
        Uploaded?.Dispose();
        Finished?.Dispose();
        Downloaded?.Dispose();
        HostLabels?.Dispose();
        Labels?.Dispose();
    }
}
