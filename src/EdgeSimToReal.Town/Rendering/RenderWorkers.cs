using System.Runtime.ExceptionServices;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Threads that share the work of pictures. Between pictures they sleep: a simulator must not take the processor from its client.</summary>
/// <remarks>
/// Several renderers may share them; they take turns. Which thread does which piece differs from run to run, so pieces must not depend on
/// each other. Giving out work allocates nothing.
/// </remarks>
public sealed class RenderWorkers : IDisposable
{
    /// <summary>The most threads that are of use: what remains on one thread (the z-buffer) then takes as long as all the rest.</summary>
    public const int Most = 64;

    private const int Enough = 4;

    private readonly Lock _turn = new();
    private readonly object _gate = new();
    private readonly Thread[] _threads;
    private Action<int>? _job;
    private int _count; // pieces of the job,
    private int _next; // the first that nobody has begun,
    private int _done; // and how many are finished
    private ExceptionDispatchInfo? _failure;
    private bool _isClosed;

    /// <summary>Starts the threads.</summary>
    /// <param name="count">Threads that render, the caller's own included: 1 starts none.</param>
    /// <exception cref="EdgeSimException">The number is not 1 to <see cref="Most"/>.</exception>
    public RenderWorkers(int count)
    {
        if (count is < 1 or > Most)
            throw new EdgeSimException($"The Town can't render on {count} threads.", $"Choose 1 to {Most}.", ExitCode.Usage);
        _threads = new Thread[count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"town render {i + 2}" };
            _threads[i].Start();
        }
    }

    /// <summary>How many a Town takes unless told otherwise: as many as there are cores, up to 4.</summary>
    public static int DefaultCount => Math.Min(Environment.ProcessorCount, Enough);

    /// <summary>Does a job's pieces, with the calling thread among the workers; returns when all are done.</summary>
    /// <param name="job">Gets the number of a piece.</param>
    /// <param name="count">How many pieces there are.</param>
    internal void Run(Action<int> job, int count)
    {
        if (_threads.Length == 0 || count == 1)
        {
            for (int i = 0; i < count; i++)
                job(i);
            return;
        }
        lock (_turn)
        {
            lock (_gate)
            {
                (_job, _count, _next, _done) = (job, count, 0, 0);
                Monitor.PulseAll(_gate);
            }
            while (TryPiece())
            {
            }
            ExceptionDispatchInfo? failure;
            lock (_gate)
            {
                while (_done < _count)
                    Monitor.Wait(_gate);
                (failure, _failure, _job) = (_failure, null, null);
            }
            failure?.Throw();
        }
    }

    /// <summary>Ends the threads. A renderer that goes on has its own alone.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
        foreach (Thread thread in _threads)
            thread.Join();
    }

    private void Work()
    {
        while (true)
        {
            while (TryPiece())
            {
            }
            lock (_gate)
            {
                while (_next >= _count && !_isClosed)
                    Monitor.Wait(_gate);
                if (_isClosed)
                    return;
            }
        }
    }

    private bool TryPiece()
    {
        Action<int> job;
        int piece;
        lock (_gate)
        {
            if (_next >= _count)
                return false;
            (job, piece) = (_job!, _next++);
        }
        ExceptionDispatchInfo? failure = null;
        try
        {
            job(piece);
        }
        catch (Exception error)
        {
            failure = ExceptionDispatchInfo.Capture(error);
        }
        lock (_gate)
        {
            _failure ??= failure;
            if (++_done == _count)
                Monitor.PulseAll(_gate);
        }
        return true;
    }
}
