using System.Net;
using System.Net.Sockets;

namespace EdgeSimToReal.Carla.Tests.Support;

/// <summary>Does one thing with each connection, and keeps it open.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _open = [];

    public RawServer(Action<Socket> serve)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        new Thread(() =>
        {
            try
            {
                while (true)
                {
                    Socket socket = _listener.Accept();
                    lock (_open)
                        _open.Add(socket);
                    serve(socket);
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // Disposed, or the client left first.
            }
        })
        { IsBackground = true }.Start();
    }

    public int Port { get; }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_open)
            _open.ForEach(socket => socket.Dispose());
    }
}
