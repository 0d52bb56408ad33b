using System.Runtime.InteropServices;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>A GPU and a share of its primary context, which ONNX Runtime works in too, so that memory and streams are common.</summary>
/// <remarks>The share ends when this and everything that was made on the device is disposed or collected, in any order.</remarks>
internal sealed unsafe class CudaDevice : SafeHandle
{
    private const int ComputeCapabilityMajor = 75;
    private const int ComputeCapabilityMinor = 76;

    private readonly int _device;
    private readonly string _text; // Made once: a frame passes it on with each call, for the error that mostly does not come.

    private CudaDevice(CudaDriver driver, int ordinal)
        : base(0, ownsHandle: true)
    {
        Driver = driver;
        Ordinal = ordinal;
        int device;
        driver.Check(driver.DeviceGet(&device, ordinal), "open GPU", $"{ordinal}");
        _device = device;
        byte* name = stackalloc byte[256];
        driver.Check(driver.DeviceGetName(name, 256, device), "read the name of GPU", $"{ordinal}");
        Name = Marshal.PtrToStringUTF8((nint)name)!;
        _text = $"GPU {ordinal} ({Name})";
        ComputeCapability = (10 * Attribute(ComputeCapabilityMajor)) + Attribute(ComputeCapabilityMinor);
        nint context;
        driver.Check(driver.PrimaryContextRetain(&context, device), "make a context on", ToString());
        SetHandle(context);
    }

    /// <summary>The driver.</summary>
    public CudaDriver Driver { get; }

    /// <summary>The device's number, from 0.</summary>
    public int Ordinal { get; }

    /// <summary>What the maker calls it.</summary>
    public string Name { get; }

    /// <summary>Ten times the compute capability: 80 for 8.0.</summary>
    public int ComputeCapability { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Opens a GPU and makes its context this thread's.</summary>
    /// <param name="driver">The driver.</param>
    /// <param name="ordinal">The device's number, from 0.</param>
    /// <exception cref="EdgeSimException">There is no such device, or it gives no context.</exception>
    public static CudaDevice Open(CudaDriver driver, int ordinal = 0)
    {
        CudaDevice device = new(driver, ordinal);
        try
        {
            device.MakeCurrent();
        }
        catch
        {
            device.Dispose();
            throw;
        }
        return device;
    }

    /// <summary>Makes the context this thread's; every thread that works with the device does so once.</summary>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public void MakeCurrent()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        Driver.Check(Driver.ContextSetCurrent(handle), "work with", ToString());
    }

    /// <summary>The device for messages, e.g. "GPU 0 (NVIDIA T4)".</summary>
    public override string ToString() => _text;

    /// <summary>Waits until nothing is queued on the device any more, whatever became of it: before memory is freed.</summary>
    public void Drain()
    {
        if (IsClosed || Driver.ContextPushCurrent(handle) != 0)
            return;
        _ = Driver.ContextSynchronize();
        nint popped;
        Driver.ContextPopCurrent(&popped);
    }

    /// <summary>Frees an object of this device on whatever thread this is.</summary>
    /// <param name="free">The driver's function.</param>
    /// <param name="value">The object.</param>
    internal bool Free(delegate* unmanaged<nint, int> free, nint value)
    {
        // A finaliser's thread, or a caller's that works with another context meanwhile: its own is put back. On a device that is lost
        // the driver refuses the context, and takes the object back all the same.
        bool pushed = Driver.ContextPushCurrent(handle) == 0;
        int result = free(value);
        nint popped;
        if (pushed)
            Driver.ContextPopCurrent(&popped);
        return result == 0;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Driver.PrimaryContextRelease(_device) == 0;

    /// <summary>A property of the device.</summary>
    /// <param name="attribute">Its number, CU_DEVICE_ATTRIBUTE_*.</param>
    /// <exception cref="EdgeSimException">The driver does not know it.</exception>
    internal int Attribute(int attribute)
    {
        int value;
        Driver.Check(Driver.DeviceGetAttribute(&value, attribute, _device), "read the properties of", ToString());
        return value;
    }
}
