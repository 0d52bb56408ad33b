using System.Net.Sockets;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Carla.Rpc;

/// <summary>Opens TCP connections with a time-out.</summary>
internal static class SocketConnector
{
    /// <summary>Connects; the socket stays a blocking one, whose synchronous receive is a plain system call without allocation.</summary>
    /// <exception cref="EdgeSimException">
    /// Nobody listens, the host is unknown, or the time is over (<see cref="ExitCode.Connection"/>).
    /// </exception>
    public static Socket Connect(string host, int port, TimeSpan timeout, string what)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        // ConnectAsync would make the socket a non-blocking one for good, so another thread waits instead.
        Task connecting = Task.Factory.StartNew(() => socket.Connect(host, port),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        string reason;
        Exception? cause = null;
        try
        {
            if (connecting.Wait(timeout))
                return socket;
            reason = $"no answer within {timeout.TotalSeconds:0.#} s";
        }
        catch (AggregateException error) when (error.InnerException is SocketException inner)
        {
            cause = inner;
            reason = inner.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => "nobody listens there",
                SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the host is unknown",
                _ => inner.Message.TrimEnd('.'),
            };
        }
        socket.Dispose(); // also ends a connect that still waits
        _ = connecting.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        throw new EdgeSimException($"No {what} at {host}:{port}: {reason}.", "Start the simulator, or check host and port.",
            ExitCode.Connection, cause);
    }
}
