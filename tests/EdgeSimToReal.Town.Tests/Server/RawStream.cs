using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>A bare stream connection: subscribes, reads whole messages.</summary>
internal sealed class RawStream : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
        ReceiveTimeout = 20_000,
    };

    public RawStream(TownServer server, uint id, int? receiveBuffer = null)
    {
        Id = id;
        if (receiveBuffer is { } size)
            _socket.ReceiveBufferSize = size;
        _socket.Connect(IPAddress.Loopback, server.StreamingPort);
        byte[] request = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(request, id);
        _socket.Send(request);
    }

    public uint Id { get; }

    public Socket Socket => _socket;

    /// <summary>The next message without its length; null when the server closed.</summary>
    public byte[]? Next()
    {
        byte[] length = new byte[4];
        if (!Fill(length))
            return null;
        byte[] message = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        return Fill(message) ? message : throw new EndOfStreamException("The server cut a message.");
    }

    /// <summary>The next message of a given frame or a later one.</summary>
    public byte[] NextFrom(ulong frame)
    {
        while (true)
        {
            byte[] message = Next() ?? throw new EndOfStreamException("The server closed the stream.");
            if (SensorHeader.Read(message).Frame >= frame)
                return message;
        }
    }

    /// <summary>Waits until the server has the subscription: the protocol does not acknowledge it.</summary>
    public RawStream WaitUntilSubscribed(TownServer server)
    {
        Assert.True(SpinWait.SpinUntil(() => server.Streams.Find(Id) is { HasSessions: true }, TimeSpan.FromSeconds(20)));
        return this;
    }

    public void Dispose() => _socket.Dispose();

    private bool Fill(Span<byte> bytes)
    {
        int start = bytes.Length;
        while (bytes.Length > 0)
        {
            int read;
            try
            {
                read = _socket.Receive(bytes);
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
            {
                read = 0;
            }
            if (read == 0)
                return bytes.Length != start || start == 0 ? throw new EndOfStreamException("The server cut a message.") : false;
            bytes = bytes[read..];
        }
        return true;
    }
}
