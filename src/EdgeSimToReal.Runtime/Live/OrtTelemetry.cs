using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>Keeps ONNX Runtime from reporting home.</summary>
/// <remarks>
/// Since 1.31 its Linux library too makes a device id and an event store in the user's cache folder and sends events to its maker's
/// servers from threads of its own. A rig must do neither unasked; who wants it sets ORT_DISABLE_TELEMETRY=0.
/// </remarks>
internal static class OrtTelemetry
{
    // An initialiser, since the library looks once, when it is loaded, whoever loads it.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Disable()
    {
        // Environment.SetEnvironmentVariable changes .NET's copy alone; the native library reads the process's own.
        if (OperatingSystem.IsLinux())
            _ = SetVariable("ORT_DISABLE_TELEMETRY", "1", overwrite: 0);
    }

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetVariable([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value,
        int overwrite);
}
