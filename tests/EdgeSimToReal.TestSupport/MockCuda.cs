using System.Runtime.InteropServices;
using EdgeSimToReal.Core;
using Xunit;

namespace EdgeSimToReal.TestSupport;

/// <summary>The fake CUDA driver (kernels/tests/mock_cuda): keeps the driver's rules, fails when told to, counts what lives.</summary>
/// <remarks>Its state is the process's: tests that use it run one after another, in a collection without parallels.</remarks>
public sealed unsafe class MockCuda
{
    /// <summary>CUDA_ERROR_OUT_OF_MEMORY.</summary>
    public const int OutOfMemory = 2;

    /// <summary>CUDA_ERROR_ILLEGAL_ADDRESS: the device is lost from then on.</summary>
    public const int IllegalAddress = 700;

    /// <summary>CUDA_ERROR_LAUNCH_FAILED: the device is lost from then on.</summary>
    public const int LaunchFailed = 719;

    private readonly nint _library;
    private LaunchHook? _hook; // Native code holds it.

    /// <summary>Loads it as new; skips the test where it isn't built.</summary>
    /// <param name="devices">GPUs.</param>
    /// <param name="capability">Ten times their compute capability.</param>
    /// <param name="memoryLimit">Bytes of device memory; 0: no limit.</param>
    public MockCuda(int devices = 1, int capability = 80, ulong memoryLimit = 0)
    {
        Assert.SkipUnless(File.Exists(Path), "The fake CUDA driver is not built; tools/build-kernels.sh builds it.");
        _library = NativeLibrary.Load(Path);
        Function<ResetFunction>("mock_reset")(devices, capability, memoryLimit);
    }

    /// <summary>A launch whose turn has come.</summary>
    /// <param name="name">The kernel, UTF-8.</param>
    /// <param name="grid">Three numbers.</param>
    /// <param name="group">Three numbers.</param>
    /// <param name="sharedBytes">Dynamic shared memory.</param>
    /// <param name="parameters">One address a parameter.</param>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate void LaunchHook(nint name, nint grid, nint group, uint sharedBytes, nint parameters);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void ResetFunction(int devices, int capability, ulong memoryLimit);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void FailFunction([MarshalAs(UnmanagedType.LPUTF8Str)] string function, int after, int code);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint TextFunction();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void ForgetFunction();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int LiveFunction();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int CountFunction([MarshalAs(UnmanagedType.LPUTF8Str)] string function);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint LaunchFunction([Out, MarshalAs(UnmanagedType.LPArray, SizeConst = 7)] uint[] shape);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int PriorityFunction(nint stream);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void HookFunction(LaunchHook? hook);

    /// <summary>The library, to be loaded in libcuda's place.</summary>
    public static string Path { get; } =
        System.IO.Path.Combine(SharedFolder.Repository, "build", "kernels", "libedgesim_mock_cuda.so");

    /// <summary>The first rule that was broken, in words; null where none was.</summary>
    public string? Violation => Marshal.PtrToStringUTF8(Function<TextFunction>("mock_violation")());

    /// <summary>Modules, streams, events, memory and shares of the context that live.</summary>
    public int Live => Function<LiveFunction>("mock_live")();

    /// <summary>The last launch: kernel, and grid x, y, z, group x, y, z, dynamic shared bytes.</summary>
    public (string? Kernel, uint[] Shape) LastLaunch
    {
        get
        {
            uint[] shape = new uint[7];
            return (Marshal.PtrToStringUTF8(Function<LaunchFunction>("mock_last_launch")(shape)), shape);
        }
    }

    /// <summary>Lets a call fail.</summary>
    /// <param name="function">The driver's function.</param>
    /// <param name="code">The code that it gives.</param>
    /// <param name="after">Calls of it that succeed before, from now on.</param>
    public void Fail(string function, int code, int after = 0) => Function<FailFunction>("mock_fail")(function, after, code);

    /// <summary>Queues work that is a network's: reads device memory at one address and writes it at another.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="work">Done when its turn comes.</param>
    /// <param name="data">What it gets.</param>
    /// <param name="read">Device memory that it reads.</param>
    /// <param name="written">Device memory that it writes.</param>
    public static void Work(nint stream, delegate* unmanaged[Cdecl]<nint, void> work, nint data, nint read, nint written) =>
        WorkFunction.Value(stream, work, data, read, written);

    /// <summary>A stream's priority: lower numbers go first, 0 is the least urgent.</summary>
    /// <param name="stream">The stream.</param>
    public int Priority(nint stream) => Function<PriorityFunction>("mock_priority")(stream);

    /// <summary>How often a function was called.</summary>
    /// <param name="function">The driver's function.</param>
    public int Calls(string function) => Function<CountFunction>("mock_calls")(function);

    /// <summary>Does the kernels' work; without it launches change nothing.</summary>
    /// <param name="hook">Called when a launch's turn comes in its stream.</param>
    public void OnLaunch(LaunchHook hook)
    {
        _hook = hook;
        Function<HookFunction>("mock_on_launch")(hook);
    }

    /// <summary>Forgets <see cref="Violation"/>, so that the next one is seen.</summary>
    public void ForgetViolation() => Function<ForgetFunction>("mock_forget_violation")();

    /// <summary>Asserts that no rule was broken and nothing lives any more.</summary>
    public void AssertClean()
    {
        Assert.Null(Violation);
        Assert.Equal(0, Live);
    }

    /// <summary>Lets each call of some functions fail once, and asserts that each gives one error and nothing is left behind.</summary>
    /// <param name="functions">The driver's functions; each must be called.</param>
    /// <param name="code">The code that they give.</param>
    /// <param name="work">What calls them.</param>
    public static void AssertEachFailureIsClean(IEnumerable<string> functions, int code, Action work)
    {
        MockCuda mock = new();
        work();
        foreach ((string function, int count) in functions.ToDictionary(function => function, mock.Calls))
        {
            Assert.NotEqual(0, count);
            for (int call = 0; call < count; call++)
            {
                mock = new MockCuda();
                mock.Fail(function, code, call);
                EdgeSimException error = Assert.Throws<EdgeSimException>(work);
                Assert.Matches("^CUDA can't .+: CUDA_ERROR_.+\\. .+", error.Message);
                Assert.Equal(ExitCode.Missing, error.ExitCode);
                mock.AssertClean();
            }
        }
    }

    private T Function<T>(string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(_library, name));

    // A frame's way must not allocate, so this one is no delegate.
    private static class WorkFunction
    {
        public static readonly delegate* unmanaged<nint, delegate* unmanaged[Cdecl]<nint, void>, nint, nint, nint, void> Value =
            (delegate* unmanaged<nint, delegate* unmanaged[Cdecl]<nint, void>, nint, nint, nint, void>)
            NativeLibrary.GetExport(NativeLibrary.Load(Path), "mock_work");
    }
}
