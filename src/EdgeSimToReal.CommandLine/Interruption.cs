using System.Runtime.InteropServices;

namespace EdgeSimToReal.CommandLine;

/// <summary>Turns Ctrl-C and a polite kill into a cancellation: the present frame or step is finished and files are closed.</summary>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    /// <summary>Begins to watch for signals.</summary>
    public Interruption() => _signals =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
    ];

    /// <summary>Cancelled by a signal or a time limit.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether a signal has asked for the end.</summary>
    public bool Requested { get; private set; }

    /// <summary>Ends the work for a reason other than a signal (a time limit).</summary>
    /// <param name="limit">Time from now.</param>
    public void CancelAfter(TimeSpan limit) => _source.CancelAfter(limit);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = !Requested; // A second signal ends the process at once.
        Requested = true;
        _source.Cancel();
    }
}
