using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>Something that lives in a device's context and keeps it alive.</summary>
internal abstract class CudaObject : SafeHandle
{
    /// <summary>Starts without an object; <see cref="Own"/> follows.</summary>
    /// <param name="device">The device; its context must be this thread's.</param>
    protected CudaObject(CudaDevice device)
        : base(0, ownsHandle: true) => Device = device;

    /// <summary>The device that it lives on.</summary>
    public CudaDevice Device { get; }

    /// <summary>The driver's handle or address.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Takes over what the driver made.</summary>
    /// <param name="value">The handle or address.</param>
    protected void Own(nint value)
    {
        bool added = false;
        Device.DangerousAddRef(ref added);
        SetHandle(value);
    }

    /// <summary>Frees the object on whatever thread this is: <see cref="CudaDevice.Free"/>.</summary>
    protected abstract bool Free();

    /// <inheritdoc/>
    protected sealed override bool ReleaseHandle()
    {
        bool freed = Free();
        Device.DangerousRelease();
        return freed;
    }
}
