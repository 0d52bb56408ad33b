using EdgeSimToReal.Core;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>Host memory that stays where it is, so that a device copies from and to it without help.</summary>
/// <typeparam name="T">The element.</typeparam>
internal sealed unsafe class PinnedBuffer<T> : CudaObject
    where T : unmanaged
{
    /// <summary>Allocates memory; what it holds is not defined.</summary>
    /// <param name="device">The device; its context must be this thread's.</param>
    /// <param name="length">Elements, at least 1.</param>
    /// <exception cref="EdgeSimException">The machine has not so much left.</exception>
    public PinnedBuffer(CudaDevice device, int length)
        : base(device)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        nuint bytes = (nuint)length * (nuint)sizeof(T);
        nint address;
        device.Driver.Check(device.Driver.PinnedAllocate(&address, bytes, 0), "allocate", $"{bytes} bytes of pinned memory");
        Own(address);
    }

    /// <summary>Elements.</summary>
    public int Length { get; }

    /// <summary>The memory.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public Span<T> Span => new((void*)Handle, Length);

    /// <inheritdoc/>
    protected override bool Free() => Device.Free(Device.Driver.PinnedFree, handle);
}
