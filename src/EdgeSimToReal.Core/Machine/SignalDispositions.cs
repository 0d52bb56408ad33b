using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeSimToReal.Core.Machine;

/// <summary>What the process does at a signal before anyone registers for it.</summary>
/// <remarks>
/// A shell starts background jobs with SIGINT ignored, and nohup starts its program with SIGHUP ignored. Ignored signals are inherited, and
/// .NET leaves them ignored: handlers that are registered later never run.
/// </remarks>
public static class SignalDispositions
{
    /// <summary>The number of SIGHUP.</summary>
    public const int Hangup = 1;

    /// <summary>The number of SIGINT, which Ctrl-C sends.</summary>
    public const int Interrupt = 2;

    private const nint Default = 0; // SIG_DFL
    private const string StatusPath = "/proc/self/status";
    private const string IgnoredField = "SigIgn:";

    /// <summary>Sets signals that the process inherited as ignored to their default; leaves others, and other systems, alone.</summary>
    /// <remarks>To be called before anything registers for these signals or uses the console.</remarks>
    /// <param name="signals">Signal numbers from 1 to 63.</param>
    public static void RestoreDefaults(params ReadOnlySpan<int> signals)
    {
        if (!OperatingSystem.IsLinux())
            return;
        ulong ignored = Ignored();
        foreach (int signal in signals)
        {
            if ((ignored >> (signal - 1) & 1) != 0)
                _ = SetHandler(signal, Default);
        }
    }

    /// <summary>The ignored signals as a bit mask, signal n in bit n - 1; 0 where the system does not report them.</summary>
    private static ulong Ignored()
    {
        try
        {
            string? line = File.ReadLines(StatusPath).FirstOrDefault(text => text.StartsWith(IgnoredField, StringComparison.Ordinal));
            return ulong.TryParse(line?[IgnoredField.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong mask)
                ? mask : 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0; // without /proc nothing is known to be ignored
        }
    }

    [DllImport("libc", EntryPoint = "signal")]
    private static extern nint SetHandler(int signal, nint handler);
}
