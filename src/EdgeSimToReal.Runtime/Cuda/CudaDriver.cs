using System.Runtime.InteropServices;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>The CUDA driver's library: the functions that the runtime calls, and its errors in words.</summary>
/// <remarks>
/// Function pointers of an object rather than imports of the assembly, so that a test's fake driver and the machine's own can live in
/// one process. The library stays loaded until the process ends, as it must: it keeps threads of its own.
/// </remarks>
internal sealed unsafe partial class CudaDriver
{
    /// <summary>The library that NVIDIA's driver installs.</summary>
    public const string DefaultLibrary = "libcuda.so.1";

    private const int OutOfMemory = 2;
    private const int SystemDriverMismatch = 803;
    private const int StubLibrary = 34;
    private const int NoDevice = 100;
    private const int NoBinaryForGpu = 209;
    private const int EccUncorrectable = 214;
    private const int InvalidPtx = 218;
    private const int UnsupportedPtxVersion = 222;

    // From an illegal address to an unspecified launch failure: the context is of no use any more.
    private const int FirstFatal = 700;
    private const int LastFatal = 720;
    private const int LaunchOutOfResources = 701;

    private CudaDriver(nint library, string path)
    {
        Path = path;
        Bind(library);
    }

    /// <summary>Where the library was loaded from.</summary>
    public string Path { get; }

    /// <summary>Loads the driver and starts it.</summary>
    /// <param name="path">The library's file or name.</param>
    /// <exception cref="EdgeSimException">There is none, it is too old, or it finds no GPU.</exception>
    public static CudaDriver Load(string path = DefaultLibrary)
    {
        if (!NativeLibrary.TryLoad(path, out nint library))
        {
            throw new EdgeSimException($"The CUDA driver's library '{path}' is not on this machine.",
                "Install NVIDIA's driver, or use --device cpu.", ExitCode.Missing);
        }
        CudaDriver driver;
        try
        {
            driver = new CudaDriver(library, path);
        }
        catch (EntryPointNotFoundException error)
        {
            throw new EdgeSimException($"The CUDA driver '{path}' is too old: {error.Message.TrimEnd('.')}.",
                "Install a driver for CUDA 11 or later, or use --device cpu.", ExitCode.Missing, error);
        }
        driver.Check(driver.Init(0), "start");
        return driver;
    }

    /// <summary>Throws where a call did not succeed.</summary>
    /// <param name="result">What the call gave.</param>
    /// <param name="action">What was to be done, to follow "CUDA can't ".</param>
    /// <param name="detail">More of it; read only where there is an error.</param>
    /// <exception cref="EdgeSimException">The call failed.</exception>
    public void Check(int result, string action, string? detail = null)
    {
        if (result != 0)
            throw Error(result, action, detail);
    }

    private EdgeSimException Error(int result, string action, string? detail)
    {
        string name = Text(GetErrorName, result) ?? $"error {result}";
        string description = Text(GetErrorString, result) ?? "no description";
        string what = $"CUDA can't {action}{(detail is null ? "" : $" {detail}")}: {name} ({description}).";
        return new EdgeSimException(what, result switch
        {
            OutOfMemory => "Free GPU memory (nvidia-smi lists who holds it), run at a smaller size, or use --device cpu.",
            NoDevice => "Check that nvidia-smi lists a GPU and that CUDA_VISIBLE_DEVICES does not hide it, or use --device cpu.",
            StubLibrary or SystemDriverMismatch => "Install the NVIDIA driver that belongs to the machine's kernel, or use --device cpu.",
            NoBinaryForGpu or InvalidPtx or UnsupportedPtxVersion =>
                "The kernels need a driver for CUDA 11 or later and a GPU of compute capability 7.5 or later; or use --device cpu.",
            LaunchOutOfResources => "Run at a smaller size or with fewer classes, or use --device cpu.",
            EccUncorrectable or (>= FirstFatal and <= LastFatal) =>
                "The GPU has dropped this program's work for good: start the program again; if it happens again, look for NVRM in dmesg.",
            _ => "Start again; if it happens again, use --device cpu.",
        }, ExitCode.Missing);
    }

    private static string? Text(delegate* unmanaged<int, byte**, int> function, int result)
    {
        byte* text = null;
        return function(result, &text) == 0 ? Marshal.PtrToStringUTF8((nint)text) : null;
    }
}
