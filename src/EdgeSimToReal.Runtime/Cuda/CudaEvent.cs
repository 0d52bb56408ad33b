using EdgeSimToReal.Core;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>A place in a stream that others wait for.</summary>
internal sealed unsafe class CudaEvent : CudaObject
{
    private const uint BlockingSync = 1;
    private const uint DisableTiming = 2;

    /// <summary>Makes an event.</summary>
    /// <param name="device">The device; its context must be this thread's.</param>
    /// <param name="timing">Whether it has a time stamp, which costs a little.</param>
    /// <param name="sleeps">Whether a thread that waits for it sleeps, rather than ask again and again.</param>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public CudaEvent(CudaDevice device, bool timing = false, bool sleeps = false)
        : base(device)
    {
        nint created;
        uint flags = (timing ? 0 : DisableTiming) | (sleeps ? BlockingSync : 0);
        device.Driver.Check(device.Driver.EventCreate(&created, flags), "make an event on", device.ToString());
        Own(created);
    }

    /// <summary>Marks the place after all work that is queued now.</summary>
    /// <param name="stream">The stream.</param>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public void Record(CudaStream stream) => Device.Driver.Check(Device.Driver.EventRecord(Handle, stream.Handle), "record an event");

    /// <summary>Waits on this thread until the work before the place is done.</summary>
    /// <exception cref="EdgeSimException">A kernel or a copy failed.</exception>
    public void Synchronize() => Device.Driver.Check(Device.Driver.EventSynchronize(Handle), "finish the work before an event");

    /// <summary>The time from another event to this one in milliseconds; both have time stamps and are past.</summary>
    /// <param name="start">The earlier one.</param>
    /// <exception cref="EdgeSimException">One has no time stamp, or is not past.</exception>
    public float MillisecondsSince(CudaEvent start)
    {
        float milliseconds;
        Device.Driver.Check(Device.Driver.EventElapsedTime(&milliseconds, start.Handle, Handle), "tell the time between two events");
        return milliseconds;
    }

    /// <inheritdoc/>
    protected override bool Free() => Device.Free(Device.Driver.EventDestroy, handle);
}
