using System.Net;
using System.Net.Sockets;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>A bare RPC connection: sends bytes, reads whole answers.</summary>
internal sealed class RawRpc : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
        ReceiveTimeout = 20_000,
    };
    private readonly MessageBuffer _input = new(WireLimits.Default);
    private long _nextId = 1;

    public RawRpc(TownServer server) => _socket.Connect(IPAddress.Loopback, server.Port);

    public Socket Socket => _socket;

    /// <summary>Sends one request's bytes and returns the answer, decoded.</summary>
    public object?[] Exchange(byte[] request)
    {
        Send(request);
        return Receive();
    }

    public void Send(byte[] bytes) => _socket.Send(bytes);

    public object?[] Receive()
    {
        ReadOnlyMemory<byte> message;
        while (!_input.TryTake(out message))
        {
            int read = _socket.Receive(_input.GetSpace().Span);
            if (read == 0)
                throw new EndOfStreamException("The server closed the RPC connection.");
            _input.Written(read);
        }
        return (object?[])WireTree.Decode(message)!;
    }

    /// <summary>Calls a method with the usual metadata and returns [1, id, error, result].</summary>
    public object?[] Call(string method, params object?[] arguments)
    {
        object?[] parameters = [new object?[] { false }, .. arguments];
        return Exchange(WireTree.Encode(new object?[] { 0L, _nextId++, method, parameters }));
    }

    /// <summary>Calls a method that must succeed and returns its value.</summary>
    public object? Value(string method, params object?[] arguments)
    {
        object?[] answer = Call(method, arguments);
        Assert.Null(answer[2]);
        object?[] response = (object?[])((object?[])answer[3]!)[0]!;
        Assert.True(response[0] is 1L, $"{method}: {WireText.Of(answer)}");
        return response[1];
    }

    public void Dispose() => _socket.Dispose();
}
