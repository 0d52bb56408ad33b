using EdgeSimToReal.Core;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>A place in a stream that others wait for.</summary>
internal sealed unsafe class CudaEvent : CudaObject
{
    // No time stamps: they would cost, and nobody reads them.
    private const uint DisableTiming = 2;

    /// <summary>Makes an event.</summary>
    /// <param name="device">The device; its context must be this thread's.</param>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public CudaEvent(CudaDevice device)
        : base(device)
    {
        nint created;
        device.Driver.Check(device.Driver.EventCreate(&created, DisableTiming), "make an event on", device.ToString());
        Own(created);
    }

    /// <summary>Marks the place after all work that is queued now.</summary>
    /// <param name="stream">The stream.</param>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public void Record(CudaStream stream) => Device.Driver.Check(Device.Driver.EventRecord(Handle, stream.Handle), "record an event");

    /// <summary>Waits on this thread until the work before the place is done.</summary>
    /// <exception cref="EdgeSimException">A kernel or a copy failed.</exception>
    public void Synchronize() => Device.Driver.Check(Device.Driver.EventSynchronize(Handle), "finish the work before an event");

    /// <inheritdoc/>
    protected override bool Free() => Device.Free(Device.Driver.EventDestroy, handle);
}
