using System.Runtime.InteropServices;

namespace EdgeSimToReal.Core.Machine;

/// <summary>Settings of the process's OpenMP runtime, which libtorch and oneDNN bring.</summary>
public static class OpenMp
{
    /// <summary>
    /// Lets threads that wait for work sleep rather than spin; a policy that the environment names stays. To be called before a library
    /// with OpenMP is loaded, since the runtime reads its settings once.
    /// </summary>
    /// <remarks>
    /// Spinning threads take the cores from those that compute, other programs' included: measured with two threads beside another job, a
    /// convolution took ten times as long.
    /// </remarks>
    public static void SleepWhenIdle()
    {
        // Environment.SetEnvironmentVariable changes .NET's copy alone; the native library reads the process's own.
        if (OperatingSystem.IsLinux())
            _ = SetVariable("OMP_WAIT_POLICY", "passive", overwrite: 0);
    }

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetVariable([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value,
        int overwrite);
}
