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
    private readonly Frame?[] _spare; // the reader's: frames that it took back or did not fill
    private int _spareCount;
    private volatile bool _completed;
    private volatile Exception? _failure;

    /// <summary>Creates the queue with its frames.</summary>
    /// <param name="capacity">Frames that may wait, at least 1. More exist: those being read, and one being consumed.</param>
    /// <param name="deadline">Age (since the last byte) beyond which a waiting frame is skipped for a newer one; null: never.</param>
    /// <param name="create">Makes one frame; called <paramref name="capacity"/> + 1 + <paramref name="readerFrames"/> times.</param>
    /// <param name="readerFrames">
    /// Frames that the reader may hold at a time, at least 1: more when it must wait for a partner image.
    /// </param>
    public FrameQueue(int capacity, TimeSpan? deadline, Func<Frame> create, int readerFrames = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(readerFrames, 1);
        _deadline = deadline is { } age ? (long)(age.TotalSeconds * Stopwatch.Frequency) : long.MaxValue;
        _waiting = new Frame?[capacity];
        _free = new Frame?[capacity + 1 + readerFrames];
        _spare = new Frame?[_free.Length];
        for (int i = 0; i < _free.Length; i++)
            _free[_freeTail++] = create();
    }

    /// <summary>Frames that made room because every buffer was waiting.</summary>
    public long DroppedByFullQueue => Volatile.Read(ref _byFullQueue);

    /// <summary>Frames skipped because they were past the deadline.</summary>
    public long DroppedByDeadline => Volatile.Read(ref _byDeadline);

    /// <summary>Whether the reader has said that no more frames will come.</summary>
    public bool IsCompleted => _completed;

    /// <summary>Reader: a frame to read into. Never waits.</summary>
    public Frame BeginRead()
    {
        if (_spareCount > 0)
            return _spare[--_spareCount]!;
        // The consumer holds one frame at most and the reader fewer than its share, so with none free, one is waiting.
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
                _spare[_spareCount++] = oldest;
                break;
            }
        }
        _waiting[_waitingTail % _waiting.Length] = frame;
        Volatile.Write(ref _waitingTail, _waitingTail + 1);
        _arrived.Set();
    }

    /// <summary>Reader: gives back a frame that was not filled.</summary>
    /// <param name="frame">The frame from <see cref="BeginRead"/>.</param>
    public void CancelRead(Frame frame) => _spare[_spareCount++] = frame;

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
    /// <exception cref="Exception">The failure that the reader completed with.</exception>
    public Frame? Take(CancellationToken cancellation) => Take(cancellation, Timeout.InfiniteTimeSpan);

    /// <summary>Consumer: waits for the next frame, but not for ever.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="timeout">Ends the wait too.</param>
    /// <returns>The frame with <see cref="FrameStamps.Taken"/> set; null when completed, cancelled or out of time.</returns>
    /// <exception cref="Exception">The failure that the reader completed with.</exception>
    public Frame? Take(CancellationToken cancellation, TimeSpan timeout)
    {
        long giveUp = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)timeout.TotalMilliseconds;
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
            long left = giveUp - Environment.TickCount64;
            if (left <= 0)
                return null;
            // Waking up now and then lets a cancellation be seen without registering a callback, which would allocate.
            _arrived.WaitOne((int)Math.Min(left, 50));
        }
        return null;
    }

    /// <summary>Consumer: gives a frame back.</summary>
    /// <param name="frame">The frame from <see cref="Take(CancellationToken)"/>.</param>
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
