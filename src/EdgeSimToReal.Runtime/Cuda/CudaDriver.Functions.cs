using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>The driver's functions. Each gives a code, 0 for success; handles and device addresses are <see langword="nint"/>.</summary>
internal sealed unsafe partial class CudaDriver
{
    /// <summary>Starts the driver: flags.</summary>
    public delegate* unmanaged<uint, int> Init { get; private set; }

    /// <summary>The name of a code.</summary>
    public delegate* unmanaged<int, byte**, int> GetErrorName { get; private set; }

    /// <summary>The description of a code.</summary>
    public delegate* unmanaged<int, byte**, int> GetErrorString { get; private set; }

    /// <summary>A device's handle: device, ordinal.</summary>
    public delegate* unmanaged<int*, int, int> DeviceGet { get; private set; }

    /// <summary>A device's name: text, its length, device.</summary>
    public delegate* unmanaged<byte*, int, int, int> DeviceGetName { get; private set; }

    /// <summary>A property of a device: value, attribute, device.</summary>
    public delegate* unmanaged<int*, int, int, int> DeviceGetAttribute { get; private set; }

    /// <summary>Shares a device's primary context: context, device.</summary>
    public delegate* unmanaged<nint*, int, int> PrimaryContextRetain { get; private set; }

    /// <summary>Gives the share back: device.</summary>
    public delegate* unmanaged<int, int> PrimaryContextRelease { get; private set; }

    /// <summary>Makes a context this thread's: context.</summary>
    public delegate* unmanaged<nint, int> ContextSetCurrent { get; private set; }

    /// <summary>The same until it is popped: context.</summary>
    public delegate* unmanaged<nint, int> ContextPushCurrent { get; private set; }

    /// <summary>Undoes a push: context.</summary>
    public delegate* unmanaged<nint*, int> ContextPopCurrent { get; private set; }

    /// <summary>Waits for all work in this thread's context.</summary>
    public delegate* unmanaged<int> ContextSynchronize { get; private set; }

    /// <summary>Compiles PTX: module, text, options, their names, their values.</summary>
    public delegate* unmanaged<nint*, byte*, uint, int*, void**, int> ModuleLoad { get; private set; }

    /// <summary>Frees a module.</summary>
    public delegate* unmanaged<nint, int> ModuleUnload { get; private set; }

    /// <summary>A kernel: function, module, name.</summary>
    public delegate* unmanaged<nint*, nint, byte*, int> ModuleGetFunction { get; private set; }

    /// <summary>Launches: function, grid, group, dynamic shared bytes, stream, parameters, extra.</summary>
    public delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> LaunchKernel { get; private set; }

    /// <summary>The priorities that streams may have, the least urgent and the most urgent, which is the lower number.</summary>
    public delegate* unmanaged<int*, int*, int> StreamPriorityRange { get; private set; }

    /// <summary>Makes a stream: stream, flags, priority.</summary>
    public delegate* unmanaged<nint*, uint, int, int> StreamCreate { get; private set; }

    /// <summary>Frees a stream.</summary>
    public delegate* unmanaged<nint, int> StreamDestroy { get; private set; }

    /// <summary>Waits for a stream.</summary>
    public delegate* unmanaged<nint, int> StreamSynchronize { get; private set; }

    /// <summary>Makes a stream wait: stream, event, flags.</summary>
    public delegate* unmanaged<nint, nint, uint, int> StreamWaitEvent { get; private set; }

    /// <summary>Makes an event: event, flags.</summary>
    public delegate* unmanaged<nint*, uint, int> EventCreate { get; private set; }

    /// <summary>Frees an event.</summary>
    public delegate* unmanaged<nint, int> EventDestroy { get; private set; }

    /// <summary>Marks a place in a stream: event, stream.</summary>
    public delegate* unmanaged<nint, nint, int> EventRecord { get; private set; }

    /// <summary>Waits for an event.</summary>
    public delegate* unmanaged<nint, int> EventSynchronize { get; private set; }

    /// <summary>The time between two events with time stamps: milliseconds, start, end.</summary>
    public delegate* unmanaged<float*, nint, nint, int> EventElapsedTime { get; private set; }

    /// <summary>Allocates device memory: address, bytes.</summary>
    public delegate* unmanaged<nint*, nuint, int> MemoryAllocate { get; private set; }

    /// <summary>Frees device memory.</summary>
    public delegate* unmanaged<nint, int> MemoryFree { get; private set; }

    /// <summary>Allocates host memory that the GPU reads: address, bytes, flags.</summary>
    public delegate* unmanaged<nint*, nuint, uint, int> PinnedAllocate { get; private set; }

    /// <summary>Frees such memory.</summary>
    public delegate* unmanaged<nint, int> PinnedFree { get; private set; }

    /// <summary>Copies to the device at once: target, source, bytes.</summary>
    public delegate* unmanaged<nint, void*, nuint, int> Upload { get; private set; }

    /// <summary>Copies in a stream: target, source, bytes, stream.</summary>
    public delegate* unmanaged<nint, nint, nuint, nint, int> UploadAsync { get; private set; }

    /// <summary>Copies in a stream: target, source, bytes, stream.</summary>
    public delegate* unmanaged<nint, nint, nuint, nint, int> DownloadAsync { get; private set; }

    /// <summary>Copies from device memory to device memory in a stream: target, source, bytes, stream.</summary>
    public delegate* unmanaged<nint, nint, nuint, nint, int> CopyAsync { get; private set; }

    /// <summary>Fills bytes in a stream: target, value, bytes, stream.</summary>
    public delegate* unmanaged<nint, byte, nuint, nint, int> FillAsync { get; private set; }

    private void Bind(nint library)
    {
        Init = (delegate* unmanaged<uint, int>)Get("cuInit");
        GetErrorName = (delegate* unmanaged<int, byte**, int>)Get("cuGetErrorName");
        GetErrorString = (delegate* unmanaged<int, byte**, int>)Get("cuGetErrorString");
        DeviceGet = (delegate* unmanaged<int*, int, int>)Get("cuDeviceGet");
        DeviceGetName = (delegate* unmanaged<byte*, int, int, int>)Get("cuDeviceGetName");
        DeviceGetAttribute = (delegate* unmanaged<int*, int, int, int>)Get("cuDeviceGetAttribute");
        PrimaryContextRetain = (delegate* unmanaged<nint*, int, int>)Get("cuDevicePrimaryCtxRetain");
        PrimaryContextRelease = (delegate* unmanaged<int, int>)Get("cuDevicePrimaryCtxRelease_v2");
        ContextSetCurrent = (delegate* unmanaged<nint, int>)Get("cuCtxSetCurrent");
        ContextPushCurrent = (delegate* unmanaged<nint, int>)Get("cuCtxPushCurrent_v2");
        ContextPopCurrent = (delegate* unmanaged<nint*, int>)Get("cuCtxPopCurrent_v2");
        ContextSynchronize = (delegate* unmanaged<int>)Get("cuCtxSynchronize");
        ModuleLoad = (delegate* unmanaged<nint*, byte*, uint, int*, void**, int>)Get("cuModuleLoadDataEx");
        ModuleUnload = (delegate* unmanaged<nint, int>)Get("cuModuleUnload");
        ModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)Get("cuModuleGetFunction");
        LaunchKernel =
            (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Get("cuLaunchKernel");
        StreamPriorityRange = (delegate* unmanaged<int*, int*, int>)Get("cuCtxGetStreamPriorityRange");
        StreamCreate = (delegate* unmanaged<nint*, uint, int, int>)Get("cuStreamCreateWithPriority");
        StreamDestroy = (delegate* unmanaged<nint, int>)Get("cuStreamDestroy_v2");
        StreamSynchronize = (delegate* unmanaged<nint, int>)Get("cuStreamSynchronize");
        StreamWaitEvent = (delegate* unmanaged<nint, nint, uint, int>)Get("cuStreamWaitEvent");
        EventCreate = (delegate* unmanaged<nint*, uint, int>)Get("cuEventCreate");
        EventDestroy = (delegate* unmanaged<nint, int>)Get("cuEventDestroy_v2");
        EventRecord = (delegate* unmanaged<nint, nint, int>)Get("cuEventRecord");
        EventSynchronize = (delegate* unmanaged<nint, int>)Get("cuEventSynchronize");
        EventElapsedTime = (delegate* unmanaged<float*, nint, nint, int>)Get("cuEventElapsedTime");
        MemoryAllocate = (delegate* unmanaged<nint*, nuint, int>)Get("cuMemAlloc_v2");
        MemoryFree = (delegate* unmanaged<nint, int>)Get("cuMemFree_v2");
        PinnedAllocate = (delegate* unmanaged<nint*, nuint, uint, int>)Get("cuMemHostAlloc");
        PinnedFree = (delegate* unmanaged<nint, int>)Get("cuMemFreeHost");
        Upload = (delegate* unmanaged<nint, void*, nuint, int>)Get("cuMemcpyHtoD_v2");
        UploadAsync = (delegate* unmanaged<nint, nint, nuint, nint, int>)Get("cuMemcpyHtoDAsync_v2");
        DownloadAsync = (delegate* unmanaged<nint, nint, nuint, nint, int>)Get("cuMemcpyDtoHAsync_v2");
        CopyAsync = (delegate* unmanaged<nint, nint, nuint, nint, int>)Get("cuMemcpyDtoDAsync_v2");
        FillAsync = (delegate* unmanaged<nint, byte, nuint, nint, int>)Get("cuMemsetD8Async");

        nint Get(string name) => NativeLibrary.GetExport(library, name);
    }
}
