using System.Buffers;

namespace EdgeSimToReal.Carla.Rpc;

/// <summary>
/// One call on its way: its request, the event that its answer sets, and the answer. Reused, so that calls cost no memory.
/// </summary>
internal sealed class PendingCall : IDisposable
{
    private byte[] _answer = new byte[256];
    private int _length;

    public ArrayBufferWriter<byte> Request { get; } = new(256);

    public AutoResetEvent Answered { get; } = new(false);

    public uint Id { get; set; }

    /// <summary>Whether the connection broke before the answer came.</summary>
    public bool Broken { get; set; }

    public ReadOnlyMemory<byte> Answer => _answer.AsMemory(0, _length);

    public void SetAnswer(ReadOnlySpan<byte> message)
    {
        if (_answer.Length < message.Length)
            _answer = new byte[message.Length];
        message.CopyTo(_answer);
        _length = message.Length;
    }

    public void Dispose() => Answered.Dispose();
}
