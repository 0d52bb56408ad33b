using System.Net;
using System.Net.Sockets;

namespace EdgeSimToReal.TestSupport;

/// <summary>Ports for servers that go and come back.</summary>
public static class FreePorts
{
    private const int First = 20_000, End = 32_000;

    private static int _next = Environment.ProcessId % 5000 * 2;

    /// <summary>
    /// A port that is free now together with the next one, below the range that the kernel gives to others' connections, so that a server
    /// that comes back finds it free again. No two callers of a process get the same one.
    /// </summary>
    public static int Pair()
    {
        for (int tries = 0; tries < (End - First) / 2; tries++)
        {
            int port = First + ((Interlocked.Add(ref _next, 2) & int.MaxValue) % (End - First));
            if (IsFree(port) && IsFree(port + 1))
                return port;
        }
        throw new InvalidOperationException("No two free ports.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using TcpListener listener = new(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
