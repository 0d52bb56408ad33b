namespace EdgeSimToReal.Town.Server.Streams;

/// <summary>One message on its way to one or several sessions: length and header in front, then the body.</summary>
/// <remarks>
/// Counted and reused: whoever holds it has a reference, the last one gives it back to its stream. The body is the message's own
/// buffer or, in replay, a picture shared by all rounds: only the header is written then.
/// </remarks>
internal sealed class StreamMessage(SensorStream owner)
{
    private int _references;

    /// <summary>Length, sensor header and whatever else precedes the body.</summary>
    public byte[] Head { get; } = new byte[SensorStream.LargestHead];

    /// <summary>Bytes of <see cref="Head"/> in use.</summary>
    public int HeadLength { get; set; }

    /// <summary>What follows the head.</summary>
    public byte[] Body { get; set; } = [];

    /// <summary>Bytes of <see cref="Body"/> in use.</summary>
    public int BodyLength { get; set; }

    /// <summary>The message's own buffer, grown when needed, as the body.</summary>
    public byte[] OwnBody(int length)
    {
        if (_own.Length < length)
            _own = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        Body = _own;
        BodyLength = length;
        return _own;
    }

    private byte[] _own = [];

    /// <summary>Takes one more reference.</summary>
    public void Hold() => Interlocked.Increment(ref _references);

    /// <summary>Gives a reference back; the last one returns the message to its stream.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
            owner.Recycle(this);
    }
}
