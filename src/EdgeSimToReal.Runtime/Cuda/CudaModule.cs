using System.Runtime.InteropServices;
using System.Text;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>The runtime's kernels on a device.</summary>
internal sealed unsafe class CudaModule : CudaObject
{
    private const int ErrorLog = 5; // CU_JIT_ERROR_LOG_BUFFER
    private const int ErrorLogBytes = 6; // CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES
    private const int LogBytes = 4096;

    private readonly KernelManifest _manifest;

    /// <summary>Compiles PTX for the device; the driver keeps the result in its cache.</summary>
    /// <param name="device">The device; its context must be this thread's.</param>
    /// <param name="manifest">The kernels.</param>
    /// <exception cref="EdgeSimException">The device is too old for them, or the driver can't compile them.</exception>
    public CudaModule(CudaDevice device, KernelManifest manifest)
        : base(device)
    {
        _manifest = manifest;
        string target = manifest.TargetFor(device.ComputeCapability) ?? throw TooOld(device);
        byte* log = stackalloc byte[LogBytes];
        log[0] = 0;
        int* options = stackalloc int[] { ErrorLog, ErrorLogBytes };
        void** values = stackalloc void*[] { log, (void*)LogBytes };
        nint module;
        int result;
        fixed (byte* text = Encoding.UTF8.GetBytes(manifest.ReadPtx(target) + '\0'))
            result = device.Driver.ModuleLoad(&module, text, 2, options, values);
        string? words = Marshal.PtrToStringUTF8((nint)log);
        device.Driver.Check(
            result, "compile the kernels for", string.IsNullOrWhiteSpace(words) ? $"{device}" : $"{device} ({words.Trim()})");
        Own(module);
    }

    /// <summary>The error of a device that none of the targets runs on.</summary>
    /// <param name="device">The device.</param>
    public static EdgeSimException TooOld(CudaDevice device) => new(
        $"{device} has the compute capability {device.ComputeCapability / 10.0:0.0}, and the kernels need 7.5 (Turing) or later.",
        "Use another GPU or --device cpu.", ExitCode.Missing);

    /// <summary>A kernel.</summary>
    /// <typeparam name="TArguments">Its arguments: a field a parameter, in order, laid out alike.</typeparam>
    /// <param name="name">Its name.</param>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public CudaKernel<TArguments> Kernel<TArguments>(string name)
        where TArguments : unmanaged
    {
        nint function;
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
            Device.Driver.Check(Device.Driver.ModuleGetFunction(&function, Handle, text), "find the kernel", name);
        return new CudaKernel<TArguments>(this, function, _manifest[name]);
    }

    /// <inheritdoc/>
    protected override bool Free() => Device.Free(Device.Driver.ModuleUnload, handle);
}
