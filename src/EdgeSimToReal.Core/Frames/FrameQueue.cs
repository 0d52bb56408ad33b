using System.Diagnostics;

namespace EdgeSimToReal.Core.Frames;

/// <summary>Hands frames from one reader thread to one consumer thread, dropping the oldest rather than falling behind.</summary>
/// <remarks>
/// Lock-free and without allocation. The reader always has a buffer to read into, so it can drain its socket at any time: when every
/// buffer is waiting, it takes the oldest one back. The consumer skips frames older than the deadline while a newer one is there,
/// so that a slow consumer sees a fresh frame and a consumer that keeps up loses none to a moment's delay.
/// A thread parks on an event only when there is nothing to take.
/// </remarks>
public sealed class FrameQueue : IDisposable
{
    private readonly Frame?[] _waiting;
    private readonly Frame?[] _free;
    private readonly AutoResetEvent _arrived = new(false);
    private readonly long _deadline;
    private long _waitingHead; // next to take; advanced by whoever wins the exchange
    private long _waitingTail; // next to fill; the reader's
    private long _freeHead; // the reader's
    private long _freeTail; // the consumer's
    private long _byFullQueue;
    private long _byDeadline;
    private Frame? _spare; // the reader's: a frame that it took back or did not fill
    private volatile bool _completed;
    private volatile Exception? _failure;

    /// <summary>Creates the queue with its frames.</summary>
    /// <param name="capacity">Frames that may wait, at least 1. Two more exist: one being read, one being consumed.</param>
    /// <param name="deadline">Age (since the last byte) beyond which a waiting frame is skipped for a newer one; null: never.</param>
    /// <param name="create">Makes one frame; called <paramref name="capacity"/> + 2 times.</param>
    public FrameQueue(int capacity, TimeSpan? deadline, Func<Frame> create)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _deadline = deadline is { } age ? (long)(age.TotalSeconds * Stopwatch.Frequency) : long.MaxValue;
        _waiting = new Frame?[capacity];
        _free = new Frame?[capacity + 2];
        for (int i = 0; i < capacity + 2; i++)
            _free[_freeTail++] = create();
    }

    /// <summary>Frames that made room because every buffer was waiting.</summary>
    public long DroppedByFullQueue => Volatile.Read(ref _byFullQueue);

    /// <summary>Frames skipped because they were past the deadline.</summary>
    public long DroppedByDeadline => Volatile.Read(ref _byDeadline);

    /// <summary>Reader: a frame to read into. Never waits.</summary>
    public Frame BeginRead()
    {
        if (_spare is { } spare)
        {
            _spare = null;
            return spare;
        }
        // The consumer holds one frame at most, so with capacity + 2 frames and none free, one is waiting.
        while (true)
        {
            if (_freeHead < Volatile.Read(ref _freeTail))
                return _free[_freeHead++ % _free.Length]!;
            if (TryDequeue(out Frame? oldest))
            {
                Interlocked.Increment(ref _byFullQueue);
                return oldest!;
            }
        }
    }

    /// <summary>Reader: passes a frame on. Its <see cref="FrameStamps.LastByte"/> must be set.</summary>
    /// <param name="frame">The frame from <see cref="BeginRead"/>.</param>
    public void EndRead(Frame frame)
    {
        while (_waitingTail - Volatile.Read(ref _waitingHead) >= _waiting.Length)
        {
            if (TryDequeue(out Frame? oldest))
            {
                Interlocked.Increment(ref _byFullQueue);
                _spare = oldest;
                break;
            }
        }
        _waiting[_waitingTail % _waiting.Length] = frame;
        Volatile.Write(ref _waitingTail, _waitingTail + 1);
        _arrived.Set();
    }

    /// <summary>Reader: gives back a frame that was not filled.</summary>
    /// <param name="frame">The frame from <see cref="BeginRead"/>.</param>
    public void CancelRead(Frame frame) => _spare = frame;

    /// <summary>Reader: no more frames will come.</summary>
    /// <param name="failure">Why, when it is an error; the consumer gets it after the frames that are waiting.</param>
    public void Complete(Exception? failure = null)
    {
        _failure = failure;
        _completed = true;
        _arrived.Set();
    }

    /// <summary>Consumer: waits for the next frame.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The frame with <see cref="FrameStamps.Taken"/> set; null when completed or cancelled.</returns>
    public Frame? Take(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            bool completed = _completed;
            if (TryDequeue(out Frame? frame))
            {
                long now = FrameStamps.Now;
                // Skip what is past the deadline, but only for something newer.
                while (now - frame!.Stamps.LastByte > _deadline && TryDequeue(out Frame? newer))
                {
                    Interlocked.Increment(ref _byDeadline);
                    Return(frame);
                    frame = newer;
                }
                frame.Stamps.Taken = now;
                return frame;
            }
            if (completed)
            {
                if (_failure is { } failure)
                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
                return null;
            }
            // The time-out lets a cancellation be seen without registering a callback, which would allocate.
            _arrived.WaitOne(50);
        }
        return null;
    }

    /// <summary>Consumer: gives a frame back.</summary>
    /// <param name="frame">The frame from <see cref="Take"/>.</param>
    public void Return(Frame frame)
    {
        _free[_freeTail % _free.Length] = frame;
        Volatile.Write(ref _freeTail, _freeTail + 1);
    }

    /// <inheritdoc/>
    public void Dispose() => _arrived.Dispose();

    private bool TryDequeue(out Frame? frame)
    {
        while (true)
        {
            long head = Volatile.Read(ref _waitingHead);
            if (head >= Volatile.Read(ref _waitingTail))
            {
                frame = null;
                return false;
            }
            frame = _waiting[head % _waiting.Length];
            // The slot is overwritten only after the head has passed it; then this exchange fails and we look again.
            if (Interlocked.CompareExchange(ref _waitingHead, head + 1, head) == head)
                return true;
        }
    }
}
