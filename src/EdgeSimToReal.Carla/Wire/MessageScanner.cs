using System.Buffers.Binary;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>Finds where a MessagePack object ends, over bytes that arrive in pieces, reading each byte once.</summary>
/// <remarks>MessagePack-RPC has no length in front of its messages; the object's own structure tells its end.</remarks>
/// <param name="limits">What is refused.</param>
public sealed class MessageScanner(WireLimits limits)
{
    private readonly long[] _left = new long[limits.MaxRpcDepth + 1]; // objects left at each depth
    private int _depth;
    private long _position;
    private bool _started;

    /// <summary>Starts over with a new object.</summary>
    public void Reset()
    {
        _depth = 0;
        _position = 0;
        _started = false;
    }

    /// <summary>Goes on.</summary>
    /// <param name="bytes">All bytes of the object so far, from its first.</param>
    /// <param name="length">The object's length where it is complete.</param>
    /// <returns>Whether the object is complete.</returns>
    /// <exception cref="EdgeSimException">The object breaks a limit or is no MessagePack.</exception>
    public bool TryFindEnd(ReadOnlySpan<byte> bytes, out int length)
    {
        if (!_started)
        {
            _started = true;
            _left[0] = 1;
        }
        length = 0;
        while (true)
        {
            while (_left[_depth] == 0)
            {
                if (_depth == 0)
                {
                    if (_position > bytes.Length)
                        return false; // the body of the last text or BIN is still coming
                    length = (int)_position;
                    return true;
                }
                _depth--;
            }
            if (_position >= bytes.Length || !TryReadHeader(bytes[(int)_position..], out int header, out long body, out long children))
                return false;
            _left[_depth]--;
            _position += header + body;
            // Every object has a byte at least, so this also refuses an array that can't fit before anything is kept for it.
            if (_position + children > limits.MaxRpcMessageBytes)
                throw Refuse($"a message longer than {limits.MaxRpcMessageBytes} bytes");
            if (children > 0)
            {
                if (++_depth > limits.MaxRpcDepth)
                    throw Refuse($"a message nested deeper than {limits.MaxRpcDepth}");
                _left[_depth] = children;
            }
        }
    }

    private static bool TryReadHeader(ReadOnlySpan<byte> at, out int header, out long body, out long children)
    {
        byte code = at[0];
        (header, body, children) = (1, 0, 0);
        switch (code)
        {
            case <= 0x7F or >= 0xE0 or 0xC0 or 0xC2 or 0xC3:
                return true;
            case <= 0x8F: // fixmap
                children = 2 * (code & 0x0F);
                return true;
            case <= 0x9F: // fixarray
                children = code & 0x0F;
                return true;
            case <= 0xBF: // fixstr
                body = code & 0x1F;
                return true;
            case 0xCC or 0xD0:
                body = 1;
                return true;
            case 0xCD or 0xD1:
                body = 2;
                return true;
            case 0xCA or 0xCE or 0xD2:
                body = 4;
                return true;
            case 0xCB or 0xCF or 0xD3:
                body = 8;
                return true;
            case 0xC4 or 0xD9: // bin8, str8
                return TryReadLength(at, 1, ref header, out body);
            case 0xC5 or 0xDA: // bin16, str16
                return TryReadLength(at, 2, ref header, out body);
            case 0xC6 or 0xDB: // bin32, str32
                return TryReadLength(at, 4, ref header, out body);
            case 0xDC: // array16
                return TryReadLength(at, 2, ref header, out children);
            case 0xDD: // array32
                return TryReadLength(at, 4, ref header, out children);
            case 0xDE or 0xDF: // map16, map32
                bool complete = TryReadLength(at, code == 0xDE ? 2 : 4, ref header, out children);
                children *= 2;
                return complete;
            default: // 0xC1 is reserved; CARLA uses no extension types
                throw Refuse($"the byte 0x{code:X2}, which is no MessagePack of CARLA");
        }
    }

    private static bool TryReadLength(ReadOnlySpan<byte> at, int size, ref int header, out long length)
    {
        header = 1 + size;
        length = 0;
        if (at.Length < header)
            return false;
        length = size switch
        {
            1 => at[1],
            2 => BinaryPrimitives.ReadUInt16BigEndian(at[1..]),
            _ => BinaryPrimitives.ReadUInt32BigEndian(at[1..]),
        };
        return true;
    }

    private static EdgeSimException Refuse(string what) => new($"The peer sent {what}.",
        "Check that the port is a CARLA RPC port (2000 unless set otherwise).", ExitCode.Connection);
}
