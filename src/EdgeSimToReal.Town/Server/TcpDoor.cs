using System.Net;
using System.Net.Sockets;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Town.Server;

/// <summary>A listening port: accepts connections and gives each a thread, up to a limit.</summary>
internal sealed class TcpDoor : IDisposable
{
    private const int ThreadStack = 256 << 10;

    private readonly Socket _listener;
    private readonly Thread _thread;
    private readonly int _limit;
    private readonly string _name;
    private readonly Action<Socket> _serve;
    private readonly Dictionary<Socket, Thread> _open = [];
    private volatile bool _isClosed;

    /// <summary>Starts listening.</summary>
    /// <param name="at">Address and port; port 0 takes a free one.</param>
    /// <param name="name">For messages and thread names.</param>
    /// <param name="limit">Connections at a time; more are closed at once.</param>
    /// <param name="serve">Serves one connection until it ends; must not throw. Ends when its socket is closed.</param>
    /// <exception cref="EdgeSimException">The port can't be taken.</exception>
    public TcpDoor(IPEndPoint at, string name, int limit, Action<Socket> serve)
    {
        _limit = limit;
        _name = name;
        _serve = serve;
        _listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(at);
            _listener.Listen(64);
        }
        catch (SocketException error)
        {
            _listener.Dispose();
            throw new EdgeSimException(
                $"The port {at} can't be taken for the {name} ({error.SocketErrorCode}).",
                "Stop the program that holds it, or choose another port (0 takes a free one).",
                ExitCode.Connection,
                error);
        }
        _thread = new Thread(Accept, ThreadStack) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>The port taken.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Stops listening, closes every connection and waits for their threads.</summary>
    public void Dispose()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        _listener.Dispose();
        _thread.Join();
        KeyValuePair<Socket, Thread>[] open;
        lock (_open)
            open = [.. _open];
        foreach ((Socket socket, Thread _) in open)
            socket.Dispose();
        foreach ((Socket _, Thread thread) in open)
            thread.Join();
    }

    private void Accept()
    {
        while (!_isClosed)
        {
            Socket socket;
            try
            {
                socket = _listener.Accept();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                if (_isClosed)
                    return;
                Thread.Sleep(10); // out of descriptors, or a connection that was reset before it was accepted
                continue;
            }
            Start(socket);
        }
    }

    private void Start(Socket socket)
    {
        lock (_open)
        {
            if (_isClosed || _open.Count >= _limit)
            {
                socket.Dispose();
                return;
            }
            Thread thread = new(() => Run(socket), ThreadStack) { IsBackground = true, Name = _name };
            _open.Add(socket, thread);
            thread.Start();
        }
    }

    private void Run(Socket socket)
    {
        try
        {
            _serve(socket);
        }
        finally
        {
            socket.Dispose();
            lock (_open)
                _open.Remove(socket);
        }
    }
}
