using System.Buffers.Binary;
using System.Net.Sockets;
using EdgeSimToReal.Carla.Rpc;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Carla.Streams;

/// <summary>
/// The subscription to one camera's stream: takes a message apart as its bytes come, pixels straight into the caller's array.
/// </summary>
/// <remarks>One thread. Receiving allocates nothing and never waits when the socket is known to be readable.</remarks>
/// <param name="format">What must come.</param>
/// <param name="limits">What is refused.</param>
public sealed class ImageReceiver(ImageFormat format, WireLimits limits) : IDisposable
{
    private const int HeadSize = SensorHeader.LengthSize + ImageHeader.PixelOffset;

    private readonly byte[] _head = new byte[HeadSize];
    private readonly int _pixelBytes = checked(format.Width * format.Height * 4);
    private Socket? _socket;
    private nint _handle = -1;
    private int _received; // bytes of the present message, its length included

    /// <summary>The file descriptor to poll; -1 while closed.</summary>
    internal nint Handle => _handle;

    /// <summary>Whether a message has begun and not ended.</summary>
    public bool IsInsideMessage => _received > 0 && _received < HeadSize + _pixelBytes;

    /// <summary>The header of the message; valid from its completion to the next receive.</summary>
    public SensorHeader Header { get; private set; }

    /// <summary>When the first bytes of the message were read.</summary>
    public long FirstByte { get; private set; }

    /// <summary>When the last bytes of the message were read.</summary>
    public long LastByte { get; private set; }

    /// <summary>What was wrong with a message that was <see cref="ReceiveStatus.Damaged"/>.</summary>
    public string? Damage { get; private set; }

    /// <summary>Subscribes.</summary>
    /// <param name="rpcHost">Where the streams are when the token names no address.</param>
    /// <param name="token">The sensor's token.</param>
    /// <param name="timeout">How long to try to connect.</param>
    /// <exception cref="EdgeSimException">Nobody is there.</exception>
    public void Open(string rpcHost, StreamToken token, TimeSpan timeout)
    {
        Close();
        Socket socket = SocketConnector.Connect(token.Address?.ToString() ?? rpcHost, token.Port, timeout, "CARLA stream");
        socket.ReceiveTimeout = 1000; // receives follow a poll; this only guards against a spurious one
        Span<byte> subscription = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(subscription, token.StreamId);
        socket.Send(subscription, SocketFlags.None, out _); // a failure shows at the first receive
        _socket = socket;
        _handle = socket.Handle;
        _received = 0;
        Damage = null;
    }

    /// <summary>Receives once.</summary>
    /// <param name="pixels">Where the pixels go, [Height, Width, 4]; the same array until the message is complete.</param>
    public ReceiveStatus Receive(Span<byte> pixels)
    {
        if (_socket is not { } socket)
            return ReceiveStatus.Closed;
        if (_received == HeadSize + _pixelBytes)
            _received = 0;
        int done = _received - HeadSize;
        Span<byte> space = done < 0 ? _head.AsSpan(_received) : pixels[done.._pixelBytes];
        int count = socket.Receive(space, SocketFlags.None, out SocketError status);
        if (status is SocketError.TimedOut or SocketError.WouldBlock or SocketError.Interrupted)
            return ReceiveStatus.Partial;
        if (status != SocketError.Success || count == 0)
            return ReceiveStatus.Closed;
        long now = FrameStamps.Now;
        if (_received == 0)
            FirstByte = now;
        int before = _received;
        _received += count;
        if (before < HeadSize && !CheckHead(before))
            return ReceiveStatus.Damaged;
        if (_received < HeadSize + _pixelBytes)
            return ReceiveStatus.Partial;
        LastByte = now;
        return ReceiveStatus.Complete;
    }

    /// <summary>Ends the stream from another thread: its reader then finds it closed.</summary>
    public void Interrupt()
    {
        try
        {
            _socket?.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }

    /// <summary>Unsubscribes.</summary>
    public void Close()
    {
        _handle = -1;
        _received = 0;
        _socket?.Dispose();
        _socket = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    /// <summary>Checks each part of the head as soon as it is there, so that a hostile message is refused at its first bytes.</summary>
    private bool CheckHead(int before)
    {
        if (before < SensorHeader.LengthSize && _received >= SensorHeader.LengthSize)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(_head);
            if (length > (uint)limits.MaxStreamMessageBytes)
                return Refuse($"a message of {length} bytes, beyond the limit of {limits.MaxStreamMessageBytes}");
            if (length != ImageHeader.PixelOffset + (uint)_pixelBytes)
            {
                return Refuse($"a message of {length} bytes where {format.Width}x{format.Height} pixels make "
                    + $"{ImageHeader.PixelOffset + _pixelBytes}");
            }
        }
        if (_received < HeadSize)
            return true;
        Header = SensorHeader.Read(_head.AsSpan(SensorHeader.LengthSize));
        ImageHeader image = ImageHeader.Read(_head.AsSpan(SensorHeader.LengthSize + SensorHeader.Size));
        if (format.SensorType is { } type && Header.SensorType != (ulong)type)
            return Refuse($"sensor type {Header.SensorType} instead of {type}");
        if (image.Width != format.Width || image.Height != format.Height)
            return Refuse($"an image of {image.Width}x{image.Height} instead of {format.Width}x{format.Height}");
        return true;
    }

    private bool Refuse(string what)
    {
        Damage = what;
        return false;
    }
}
