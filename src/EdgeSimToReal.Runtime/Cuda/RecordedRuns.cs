namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>Keeps the rules by which ONNX Runtime records a CUDA graph and replays it.</summary>
/// <remarks>
/// It keeps the recording in the calling thread's state and records on the third run of a thread, so a thread's first runs are warm-up.
/// While it records, no thread may allocate on the device or wait for it. So a session is warmed up on its thread before other work
/// begins; another thread that has the first real run is warmed up with it; later ones run without a recording.
/// </remarks>
/// <param name="run">A run that may record or replay.</param>
/// <param name="plain">The same work without a recording.</param>
internal sealed class RecordedRuns(Action run, Action plain)
{
    /// <summary>Runs until a recording has been replayed: two of warm-up, one that records, one that replays.</summary>
    public const int WarmUpRuns = 4;

    private int _thread;
    private bool _used;

    /// <summary>Records on this thread; the work is done a few times over.</summary>
    public void WarmUp()
    {
        _thread = Environment.CurrentManagedThreadId;
        for (int i = 0; i < WarmUpRuns; i++)
            run();
    }

    /// <summary>Does the work once, or as often as warm-up asks for; allocates nothing.</summary>
    public void Run()
    {
        if (Environment.CurrentManagedThreadId == _thread)
            run();
        else if (_used)
            plain();
        else
            WarmUp();
        _used = true;
    }
}
