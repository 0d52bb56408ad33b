using EdgeSimToReal.Core;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>Cuts the bytes of an RPC connection into messages; grows with what really arrived, never with what a length claims.</summary>
/// <remarks>Use: receive into <see cref="GetSpace"/>, tell <see cref="Written"/>, then take messages until there is none.</remarks>
/// <param name="limits">What is refused.</param>
public sealed class MessageBuffer(WireLimits limits)
{
    private readonly MessageScanner _scanner = new(limits);
    private byte[] _bytes = new byte[1 << 14];
    private int _start;
    private int _end;

    /// <summary>Whether a message has begun and not ended.</summary>
    public bool IsInsideMessage => _end > _start;

    /// <summary>Room for more bytes, at least one. Messages taken before are no longer valid.</summary>
    public Memory<byte> GetSpace()
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            _end -= _start;
            _start = 0;
        }
        if (_end == _bytes.Length)
            Array.Resize(ref _bytes, _bytes.Length * 2); // bounded: the scanner has refused longer messages by now
        return _bytes.AsMemory(_end);
    }

    /// <summary>Tells how many bytes were written into <see cref="GetSpace"/>.</summary>
    public void Written(int count) => _end += count;

    /// <summary>Takes the next message.</summary>
    /// <param name="message">One MessagePack object; valid until the next <see cref="GetSpace"/>.</param>
    /// <returns>Whether one is complete.</returns>
    /// <exception cref="EdgeSimException">The bytes break a limit or are no MessagePack; the connection is of no more use.</exception>
    public bool TryTake(out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (!_scanner.TryFindEnd(_bytes.AsSpan(_start, _end - _start), out int length))
            return false;
        message = _bytes.AsMemory(_start, length);
        _start += length;
        _scanner.Reset();
        return true;
    }
}
