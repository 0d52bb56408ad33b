using System.Runtime.InteropServices;

namespace EdgeSimToReal.Carla.Streams;

/// <summary>poll(2): waits for any of a few sockets. Socket.Select would allocate.</summary>
internal static unsafe class SocketPoll
{
    private const short Readable = 1;

    /// <summary>Waits until a socket has data, is closed, or the time is over.</summary>
    /// <param name="first">A file descriptor, or -1 for none.</param>
    /// <param name="second">A file descriptor, or -1 for none.</param>
    /// <param name="milliseconds">The longest wait.</param>
    /// <returns>Which of the two are worth reading.</returns>
    public static (bool First, bool Second) Wait(nint first, nint second, int milliseconds)
    {
        Descriptor* descriptors = stackalloc Descriptor[2];
        descriptors[0] = new Descriptor { Handle = (int)first, Events = Readable, Happened = 0 };
        descriptors[1] = new Descriptor { Handle = (int)second, Events = Readable, Happened = 0 };
        int ready = poll(descriptors, 2, milliseconds);
        // Errors and hang-ups are events too: reading then tells them.
        return ready <= 0 ? (false, false) : (descriptors[0].Happened != 0, descriptors[1].Happened != 0);
    }

    [DllImport("libc", EntryPoint = "poll")]
    private static extern int poll(Descriptor* descriptors, nuint count, int milliseconds);

    private struct Descriptor
    {
        public int Handle;
        public short Events;
        public short Happened;
    }
}
