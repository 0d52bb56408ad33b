using System.Net;
using System.Net.Sockets;

namespace EdgeSimToReal.Cli.Tests.Support;

internal static class FreePorts
{
    /// <summary>
    /// A port that is free now together with the next one, below the range that the kernel gives to others' connections, so that a server
    /// that comes back finds it free again.
    /// </summary>
    public static int Pair()
    {
        for (int port = 20_000 + (Environment.ProcessId % 5000 * 2); port < 32_000; port += 2)
        {
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
