using EdgeSimToReal.Core;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>Memory on a device.</summary>
/// <typeparam name="T">The element.</typeparam>
internal sealed unsafe class DeviceBuffer<T> : CudaObject
    where T : unmanaged
{
    /// <summary>Allocates memory; what it holds is not defined.</summary>
    /// <param name="device">The device; its context must be this thread's.</param>
    /// <param name="length">Elements, at least 1.</param>
    /// <exception cref="EdgeSimException">The device has not so much left.</exception>
    public DeviceBuffer(CudaDevice device, int length)
        : base(device)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        nint address;
        device.Driver.Check(device.Driver.MemoryAllocate(&address, ByteCount), "allocate", $"{ByteCount} bytes on {device}");
        Own(address);
    }

    /// <summary>Allocates memory and fills it.</summary>
    /// <param name="device">The device; its context must be this thread's.</param>
    /// <param name="contents">What it shall hold, at least 1 element.</param>
    /// <exception cref="EdgeSimException">The device has not so much left, or the copy failed.</exception>
    public DeviceBuffer(CudaDevice device, ReadOnlySpan<T> contents)
        : this(device, contents.Length)
    {
        try
        {
            fixed (T* source = contents)
                device.Driver.Check(device.Driver.Upload(handle, source, ByteCount), "copy to", device.ToString());
            // From memory that is not pinned the call returns once the contents lie in the driver's own; our streams, which do not wait for
            // the default stream, would not wait for the rest of the way either.
            device.Driver.Check(device.Driver.ContextSynchronize(), "copy to", device.ToString());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Elements.</summary>
    public int Length { get; }

    /// <summary>Bytes.</summary>
    public nuint ByteCount => (nuint)Length * (nuint)sizeof(T);

    /// <summary>The memory as an argument of a kernel.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public DeviceView View => new(Handle, Length);

    /// <summary>A part of the memory as an argument of a kernel.</summary>
    /// <param name="start">Its first element.</param>
    /// <param name="length">Elements, at least 1.</param>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public DeviceView Slice(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - start);
        return new DeviceView(Handle + ((nint)start * sizeof(T)), length);
    }

    /// <inheritdoc/>
    protected override bool Free() => Device.Free(Device.Driver.MemoryFree, handle);
}
