using System.Buffers.Binary;
using System.Net.Sockets;

namespace EdgeSimToReal.Town.Server.Streams;

/// <summary>One subscriber of one stream: a connection and the thread that writes to it.</summary>
/// <remarks>
/// At most one message is under way: in asynchronous mode a message that comes meanwhile is
/// dropped whole, in synchronous mode its sender waits. A message is never cut unless the connection closes.
/// What the kernel takes at once is written by the sender itself; only the rest is left to the session's thread.
/// </remarks>
internal sealed class StreamSession
{
    // Linux' TCP_CORK: head and body leave as one run of bytes, so that the reader wakes once.
    private const int TcpLevel = 6;
    private const int TcpCork = 3;
    private static readonly byte[] On = [1, 0, 0, 0];
    private static readonly byte[] Off = [0, 0, 0, 0];

    private readonly Socket _socket;
    private readonly StreamServer _server;
    private readonly object _gate = new();
    private StreamMessage? _message; // under way
    private int _written; // bytes of it that the kernel took, head and body; moves on, so that a slow reader can be told from a stalled one
    private bool _isClosed;

    public StreamSession(Socket socket, StreamServer server)
    {
        _socket = socket;
        _server = server;
    }

    /// <summary>Hands a message over, waits for the last one to be out, or drops it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="waits">Asked while the last message is still being written; see <see cref="SensorStream.Send"/>.</param>
    public void Send(StreamMessage message, Func<bool> waits)
    {
        lock (_gate)
        {
            int progress = _written;
            int stalledFor = 0;
            while (_message is not null && !_isClosed)
            {
                if (!waits())
                    return;
                Monitor.Wait(_gate, 20);
                stalledFor = progress == _written ? stalledFor + 20 : 0;
                progress = _written;
                if (stalledFor >= _server.StallLimitMilliseconds)
                {
                    // A subscriber that reads nothing at all must not hold the simulation for ever.
                    Close();
                    return;
                }
            }
            if (_isClosed)
                return;
            message.Hold();
            _message = message;
            _written = 0;
            if (!TryWrite())
                Close();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Reads the subscription, then writes messages until either side closes; ends without an exception.</summary>
    public void Serve()
    {
        SensorStream? stream = null;
        try
        {
            _socket.NoDelay = true;
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            stream = Subscribe();
            if (stream is not null)
                FinishMessages();
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The reader went, or the sensor was destroyed.
        }
        finally
        {
            stream?.Remove(this);
            Close();
            lock (_gate)
            {
                _message?.Release();
                _message = null;
            }
        }
    }

    /// <summary>Closes the connection; may be called by any thread.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
        _socket.Dispose();
    }

    private SensorStream? Subscribe()
    {
        Span<byte> id = stackalloc byte[4];
        _socket.ReceiveTimeout = 10_000;
        int count = 0;
        while (count < id.Length)
        {
            int read = _socket.Receive(id[count..], SocketFlags.None);
            if (read == 0)
                return null;
            count += read;
        }
        _socket.Blocking = false;
        SensorStream? stream = _server.Find(BinaryPrimitives.ReadUInt32LittleEndian(id));
        return stream is not null && stream.Add(this) ? stream : null;
    }

    /// <summary>Writes what the kernel did not take at once, and notices when the reader goes.</summary>
    private void FinishMessages()
    {
        const int tenthOfASecond = 100_000;
        while (true)
        {
            lock (_gate)
            {
                if (_message is null && !_isClosed)
                    Monitor.Wait(_gate, 1000);
                if (_isClosed)
                    return;
            }
            if (Volatile.Read(ref _message) is null)
            {
                // A subscriber sends nothing after its 4 bytes: readable without data is the end of the connection.
                if (_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0)
                    return;
            }
            else if (_socket.Poll(tenthOfASecond, SelectMode.SelectWrite))
            {
                lock (_gate)
                {
                    if (_isClosed || !TryWrite())
                        return;
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }

    /// <summary>Writes as much of the message as the kernel takes; under the gate. False when the connection is gone.</summary>
    private bool TryWrite()
    {
        if (_message is not { } message)
            return true;
        try
        {
            if (_written == 0)
                _socket.SetRawSocketOption(TcpLevel, TcpCork, On);
            while (_written < message.HeadLength + message.BodyLength)
            {
                ReadOnlySpan<byte> rest = _written < message.HeadLength
                    ? message.Head.AsSpan(_written, message.HeadLength - _written)
                    : message.Body.AsSpan(_written - message.HeadLength, message.BodyLength + message.HeadLength - _written);
                _written += _socket.Send(rest, SocketFlags.None, out SocketError error);
                if (error != SocketError.Success)
                    return error == SocketError.WouldBlock;
            }
            _socket.SetRawSocketOption(TcpLevel, TcpCork, Off);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
        _message = null;
        message.Release();
        return true;
    }
}
