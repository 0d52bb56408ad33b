using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeSimToReal.Imaging;

/// <summary>Standard input and output as plain file descriptors.</summary>
/// <remarks>
/// .NET's console streams hide a broken pipe (a write just returns), and a read that waits can't be cancelled; the descriptors
/// themselves tell the truth and can be polled.
/// </remarks>
internal static class StandardStreams
{
    private const short PollIn = 1;

    /// <summary>Waits until a read would not wait (data, end, or an error that the read reports).</summary>
    /// <returns>False when the time is over or a signal came.</returns>
    public static bool WaitReadable(SafeFileHandle handle, int milliseconds)
    {
        PollDescriptor descriptor = new() { File = (int)handle.DangerousGetHandle(), Events = PollIn };
        return Poll(ref descriptor, 1, milliseconds) > 0;
    }

    /// <summary>Standard output without a buffer; a reader that has gone gives an <see cref="IOException"/>.</summary>
    public static Stream OpenOutput() => new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);

    [DllImport("libc", EntryPoint = "poll")]
    private static extern int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int File;
        public short Events;
        public short Returned;
    }
}
