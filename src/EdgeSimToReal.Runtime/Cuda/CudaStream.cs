using EdgeSimToReal.Core;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>A queue of work on a device; ONNX Runtime computes on the same one.</summary>
/// <remarks>Work only queues up; nothing of it is done for sure before <see cref="Synchronize"/>. No call allocates.</remarks>
internal sealed unsafe class CudaStream : CudaObject
{
    // Independent of the legacy default stream, which would serialise what should overlap.
    private const uint NonBlocking = 1;

    /// <summary>Makes a stream.</summary>
    /// <param name="device">The device; its context must be this thread's.</param>
    /// <param name="priority">Whose work goes first where not all of it fits on the device.</param>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public CudaStream(CudaDevice device, StreamPriority priority = StreamPriority.Low)
        : base(device)
    {
        // Lower numbers go first, and a stream made without a priority has the least one.
        int least, greatest;
        device.Driver.Check(device.Driver.StreamPriorityRange(&least, &greatest), "read the streams' priorities of", device.ToString());
        nint stream;
        device.Driver.Check(device.Driver.StreamCreate(&stream, NonBlocking, priority == StreamPriority.High ? greatest : least),
            "make a stream on", device.ToString());
        Own(stream);
    }

    /// <summary>Waits until all work is done; reports what failed meanwhile.</summary>
    /// <exception cref="EdgeSimException">A kernel or a copy failed.</exception>
    public void Synchronize() => Device.Driver.Check(Device.Driver.StreamSynchronize(Handle), "finish the queued work");

    /// <summary>Lets later work wait for an event.</summary>
    /// <param name="point">The event, recorded before.</param>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public void Wait(CudaEvent point) => Device.Driver.Check(Device.Driver.StreamWaitEvent(Handle, point.Handle, 0), "wait for an event");

    /// <summary>Copies to the device.</summary>
    /// <param name="source">Host memory, not to be changed before the copy is done.</param>
    /// <param name="target">Device memory of the same length.</param>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public void Upload<T>(PinnedBuffer<T> source, DeviceBuffer<T> target)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, target.Length);
        Device.Driver.Check(Device.Driver.UploadAsync(target.Handle, source.Handle, target.ByteCount, Handle), "copy to the device");
    }

    /// <summary>Copies from the device.</summary>
    /// <param name="source">Device memory.</param>
    /// <param name="target">Host memory of the same length, not to be read before the copy is done.</param>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public void Download<T>(DeviceBuffer<T> source, PinnedBuffer<T> target)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, target.Length);
        Device.Driver.Check(Device.Driver.DownloadAsync(target.Handle, source.Handle, source.ByteCount, Handle), "copy from the device");
    }

    /// <summary>Copies from the device, whatever lies there.</summary>
    /// <param name="source">Device memory of as many bytes.</param>
    /// <param name="target">Host memory, not to be read before the copy is done.</param>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public void Download(nint source, PinnedBuffer<byte> target) => Device.Driver.Check(
        Device.Driver.DownloadAsync(target.Handle, source, (nuint)target.Length, Handle), "copy from the device");

    /// <summary>Copies within the device.</summary>
    /// <param name="source">Device memory.</param>
    /// <param name="target">Other device memory of the same length.</param>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public void Copy<T>(DeviceBuffer<T> source, DeviceBuffer<T> target)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, target.Length);
        Device.Driver.Check(Device.Driver.CopyAsync(target.Handle, source.Handle, source.ByteCount, Handle), "copy on the device");
    }

    /// <summary>Sets device memory to zero.</summary>
    /// <param name="target">Device memory.</param>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public void Clear<T>(DeviceBuffer<T> target)
        where T : unmanaged =>
        Device.Driver.Check(Device.Driver.FillAsync(target.Handle, 0, target.ByteCount, Handle), "clear device memory");

    /// <inheritdoc/>
    protected override bool Free() => Device.Free(Device.Driver.StreamDestroy, handle);
}
