using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Carla.Streams;

/// <summary>A further camera beside a <see cref="SensorStream"/>: its last pictures, to be had by frame number.</summary>
/// <remarks>
/// Drains its socket on a thread of its own at all times, as the server wants. What nobody takes is overwritten. It does not heal itself:
/// whoever opens the main stream anew opens this one too.
/// </remarks>
internal sealed class SideStream : IDisposable
{
    private const int Kept = 8; // pictures: the cameras of a frame come at most a few frames apart
    private const int PollMilliseconds = 20;

    private readonly ImageReceiver _receiver;
    private readonly object _gate = new();
    private readonly ulong[] _frames = new ulong[Kept];
    private readonly byte[][] _pictures;
    private readonly Thread _thread;
    private byte[] _incoming;
    private int _next;
    private volatile bool _stop;

    public SideStream(ImageFormat format, WireLimits limits)
    {
        _receiver = new ImageReceiver(format, limits);
        _pictures = [.. Enumerable.Range(0, Kept).Select(_ => new byte[format.Width * format.Height * 4])];
        _incoming = new byte[format.Width * format.Height * 4];
        _thread = new Thread(Run) { IsBackground = true, Name = "side stream" };
        _thread.Start();
    }

    /// <summary>Opens or reopens the subscription.</summary>
    public void Open(Action<ImageReceiver> open)
    {
        lock (_receiver)
            open(_receiver);
        lock (_gate)
            Array.Clear(_frames); // of before; numbers may start again
    }

    /// <summary>Waits for a frame's picture.</summary>
    /// <returns>B, G, R, A; valid until a few frames later; null when it did not come.</returns>
    public byte[]? Take(ulong frame, TimeSpan wait)
    {
        long giveUp = Environment.TickCount64 + (long)wait.TotalMilliseconds;
        lock (_gate)
        {
            while (true)
            {
                int index = Array.IndexOf(_frames, frame);
                if (index >= 0)
                    return _pictures[index];
                long left = giveUp - Environment.TickCount64;
                if (_stop || left <= 0 || !Monitor.Wait(_gate, (int)Math.Min(left, 1000)) && Environment.TickCount64 >= giveUp)
                    return null;
            }
        }
    }

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
        _receiver.Dispose();
    }

    private void Run()
    {
        while (!_stop)
        {
            lock (_receiver)
                Pump();
            if (_receiver.Handle < 0)
                Thread.Sleep(PollMilliseconds);
        }
    }

    private void Pump()
    {
        if (_receiver.Handle < 0 || !SocketPoll.Wait(_receiver.Handle, -1, PollMilliseconds).First)
            return;
        ReceiveStatus status = _receiver.Receive(_incoming);
        if (status is ReceiveStatus.Closed or ReceiveStatus.Damaged)
        {
            _receiver.Close();
            return;
        }
        if (status != ReceiveStatus.Complete)
            return;
        lock (_gate)
        {
            (_pictures[_next], _incoming) = (_incoming, _pictures[_next]);
            _frames[_next] = _receiver.Header.Frame;
            _next = (_next + 1) % Kept;
            Monitor.PulseAll(_gate);
        }
    }
}
