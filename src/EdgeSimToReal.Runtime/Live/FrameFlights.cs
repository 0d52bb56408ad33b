using System.Runtime.ExceptionServices;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>Several frames in flight: the caller's thread takes and submits them, another collects and sends them out.</summary>
/// <remarks>Two counters, each of one writing thread, are all that the threads share: no lock, no queue, no allocation.</remarks>
/// <param name="translator">The translator.</param>
/// <param name="sink">Gets each frame, the simulator's and the translated one, on the collecting thread.</param>
internal sealed class FrameFlights(IPipelinedTranslator translator, Action<Frame, Frame> sink) : IDisposable
{
    private readonly AutoResetEvent _ready = new(false);
    private readonly AutoResetEvent _free = new(false);
    private readonly CancellationTokenSource _failed = new();
    private long _submitted;
    private long _collected;
    private volatile bool _ended;
    private volatile Exception? _failure;

    /// <summary>Runs until the source ends, enough frames were submitted, the caller cancels, or anything fails.</summary>
    /// <param name="source">Where frames come from.</param>
    /// <param name="count">Frames to be taken.</param>
    /// <param name="cancellation">Stops; what is in flight still goes out.</param>
    public void Run(IFrameSource source, long count, CancellationToken cancellation)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _failed.Token);
        Thread thread = new(Collect) { Name = "frame sink", IsBackground = true };
        thread.Start();
        try
        {
            while (_submitted < count && !stop.IsCancellationRequested && source.Take(stop.Token) is { } frame)
            {
                try
                {
                    while (_submitted - Volatile.Read(ref _collected) >= translator.Depth && _failure is null)
                        _free.WaitOne();
                    if (_failure is not null)
                        break;
                    translator.Submit(frame);
                }
                finally
                {
                    source.Return(frame);
                }
                Volatile.Write(ref _submitted, _submitted + 1);
                _ready.Set();
            }
        }
        finally
        {
            _ended = true;
            _ready.Set();
            thread.Join();
        }
        if (_failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ready.Dispose();
        _free.Dispose();
        _failed.Dispose();
    }

    private void Collect()
    {
        try
        {
            while (true)
            {
                // The end is read first: what was submitted before it is then seen.
                bool ended = _ended;
                if (_collected == Volatile.Read(ref _submitted))
                {
                    if (ended)
                        return;
                    _ready.WaitOne();
                    continue;
                }
                Frame translated = translator.Collect(out Frame fitted);
                // One place more than the depth belongs to the frame that was collected, so the next may be submitted meanwhile.
                Volatile.Write(ref _collected, _collected + 1);
                _free.Set();
                sink(fitted, translated);
            }
        }
        catch (Exception error)
        {
            // Told by the submitting thread, which may wait for a frame or for room.
            _failure = error;
            _failed.Cancel();
            _free.Set();
        }
    }
}
