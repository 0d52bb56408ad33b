using System.Runtime.InteropServices;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>Runs the guard beside the live path, on a thread of low priority; it takes a frame only while it has none.</summary>
/// <remarks>
/// One thread offers. The hand-over is a flag that either side sets for the other: no lock, no queue, no allocation, and never a wait.
/// </remarks>
internal sealed class GuardWorker : IDisposable
{
    // The nice value of the guard's thread: the simulator's and the live path's threads go first.
    private const int Niceness = 10;

    private readonly ILabelGuard _guard;
    private readonly GuardTally _tally;
    private readonly Action<GuardReading>? _failed;
    private readonly AutoResetEvent _offered = new(false);
    private readonly Thread _thread;
    private int _busy; // 0: the guard is the offering thread's; 1: the worker's
    private volatile bool _stopping;
    private Exception? _failure;

    /// <param name="guard">The guard, of one thread.</param>
    /// <param name="tally">Gets every reading.</param>
    /// <param name="failed">Called on the worker's thread when labels did not survive.</param>
    /// <exception cref="Exception">The guard can't run.</exception>
    public GuardWorker(ILabelGuard guard, GuardTally tally, Action<GuardReading>? failed)
    {
        (_guard, _tally, _failed) = (guard, tally, failed);
        _busy = 1;
        _thread = new Thread(Work) { Name = "label guard", IsBackground = true };
        _thread.Start();
        try
        {
            // A device's guard warms up while nothing else works there.
            Drain();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Offers a frame.</summary>
    /// <returns>Whether it was taken; not while the guard is busy.</returns>
    /// <exception cref="Exception">What ended the worker.</exception>
    public bool TryOffer(Frame source, Frame translated)
    {
        if (Volatile.Read(ref _busy) != 0)
            return false;
        ThrowIfFailed();
        _guard.Prepare(source, translated);
        Volatile.Write(ref _busy, 1);
        _offered.Set();
        return true;
    }

    /// <summary>Waits until the guard has no frame.</summary>
    /// <exception cref="Exception">What ended the worker.</exception>
    public void Drain()
    {
        Wait();
        ThrowIfFailed();
    }

    /// <summary>Waits until the guard has no frame.</summary>
    /// <returns>What ended the worker; null where nothing did.</returns>
    public Exception? Wait()
    {
        SpinWait wait = default;
        while (Volatile.Read(ref _busy) != 0)
            wait.SpinOnce();
        return _failure;
    }

    public void Dispose()
    {
        _stopping = true;
        _offered.Set();
        _thread.Join();
        _offered.Dispose();
    }

    private void Work()
    {
        // .NET's thread priorities do nothing on Linux. Who 0 is the calling thread there.
        if (OperatingSystem.IsLinux())
            _ = SetPriority(0, 0, Niceness);
        try
        {
            _guard.WarmUp();
            Volatile.Write(ref _busy, 0);
            while (true)
            {
                _offered.WaitOne();
                if (_stopping)
                    return;
                GuardReading reading = _guard.Read();
                if (!_tally.Add(reading))
                    _failed?.Invoke(reading);
                Volatile.Write(ref _busy, 0);
            }
        }
        catch (Exception error)
        {
            // Told by the next offer: a guard that has silently stopped would be worse than none.
            _failure = error;
            Volatile.Write(ref _busy, 0);
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    private static extern int SetPriority(int which, uint who, int niceness);
}
