using System.Runtime.InteropServices;
using EdgeSimToReal.Core;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging;

/// <summary>Loads OpenCV's native library once, and says clearly what is missing where it can't be loaded.</summary>
public static class OpenCvRuntime
{
    private static readonly Lazy<string> LoadedVersion = new(Load);

    /// <summary>OpenCV's version.</summary>
    /// <exception cref="EdgeSimException">The native library or one it needs is missing (<see cref="ExitCode.Missing"/>).</exception>
    public static string Version => LoadedVersion.Value;

    /// <summary>Makes sure that OpenCV is there; costs nothing after the first call.</summary>
    /// <exception cref="EdgeSimException">The native library or one it needs is missing (<see cref="ExitCode.Missing"/>).</exception>
    public static void Require() => _ = LoadedVersion.Value;

    private static string Load()
    {
        // OpenCV and its FFmpeg print warnings of their own to stderr, beside our one error; a user's own setting stays.
        _ = SetEnvironment("OPENCV_FFMPEG_LOGLEVEL", "-8", overwrite: 0);
        try
        {
            if (Environment.GetEnvironmentVariable("OPENCV_LOG_LEVEL") is null)
                Cv2.SetLogLevel(LogLevel.SILENT);
            return Cv2.GetVersionString() ?? "unknown";
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException or BadImageFormatException
            or EntryPointNotFoundException || error.GetType().Name == "OpenCvSharpException")
        {
            throw new EdgeSimException("OpenCV's native library can't be loaded.",
                "On Debian or Ubuntu: sudo apt-get install -y libgtk-3-0 (libgtk-3-0t64 from Ubuntu 24.04 on).", ExitCode.Missing, error);
        }
    }

    // Environment.SetEnvironmentVariable changes .NET's copy alone; native code reads the process's own.
    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int SetEnvironment(string name, string value, int overwrite);
}
