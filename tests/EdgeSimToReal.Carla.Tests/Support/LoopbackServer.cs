using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Carla.Tests.Support;

/// <summary>The sockets of a server: RPC and streams on two ports of the loopback, killable at any moment.</summary>
internal abstract class LoopbackServer : IDisposable
{
    private readonly Socket _rpcListener;
    private readonly Socket _streamListener;
    private readonly ConcurrentBag<Socket> _open = [];
    private volatile bool _dead;

    protected LoopbackServer(int port = 0, int streamPort = 0)
    {
        _rpcListener = Listen(port);
        _streamListener = Listen(streamPort);
        Port = ((IPEndPoint)_rpcListener.LocalEndPoint!).Port;
        StreamPort = ((IPEndPoint)_streamListener.LocalEndPoint!).Port;
    }

    public int Port { get; }

    public int StreamPort { get; }

    /// <summary>Every request that came, in order.</summary>
    public ConcurrentQueue<RecordedRequest> Requests { get; } = new();

    /// <summary>Closes every socket at once, as a killed process does.</summary>
    public void Kill()
    {
        _dead = true;
        Close(_rpcListener);
        Close(_streamListener);
        foreach (Socket socket in _open)
            Close(socket);
    }

    public void Dispose() => Kill();

    protected void Start()
    {
        Run(() => AcceptAll(_rpcListener, ServeRpc));
        Run(() => AcceptAll(_streamListener, ServeStream));
    }

    /// <summary>The whole answer to a request; null for none.</summary>
    protected abstract byte[]? Answer(RpcRequest request, byte[] message);

    /// <summary>A stream was subscribed to; the thread is the subscription's own.</summary>
    protected abstract void Subscribed(uint stream, Socket socket);

    private static Socket Listen(int port)
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen();
        return listener;
    }

    private static void Run(Action action) => new Thread(() =>
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Killed.
        }
    })
    { IsBackground = true }.Start();

    protected static void Close(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // A listener, or closed already.
        }
        socket.Dispose();
    }

    private void AcceptAll(Socket listener, Action<Socket> serve)
    {
        while (!_dead)
        {
            Socket socket = listener.Accept();
            socket.NoDelay = true;
            _open.Add(socket);
            if (_dead)
                Close(socket);
            Run(() => serve(socket));
        }
    }

    private void ServeRpc(Socket socket)
    {
        MessageBuffer buffer = new(WireLimits.Default);
        while (true)
        {
            int count = socket.Receive(buffer.GetSpace().Span);
            if (count == 0)
                return;
            buffer.Written(count);
            while (buffer.TryTake(out ReadOnlyMemory<byte> message))
            {
                byte[] copy = message.ToArray();
                RpcRequest request = RpcRequest.Read(copy);
                Requests.Enqueue(RecordedRequest.From(request));
                if (Answer(request, copy) is { } answer)
                    socket.Send(answer);
            }
        }
    }

    private void ServeStream(Socket socket)
    {
        byte[] id = new byte[4];
        for (int done = 0; done < 4;)
        {
            int count = socket.Receive(id.AsSpan(done));
            if (count == 0)
                return;
            done += count;
        }
        Subscribed(BinaryPrimitives.ReadUInt32LittleEndian(id), socket);
    }
}
