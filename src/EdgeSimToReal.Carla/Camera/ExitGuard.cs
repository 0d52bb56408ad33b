using System.Runtime.InteropServices;

namespace EdgeSimToReal.Carla.Camera;

/// <summary>Runs an action when the process is about to end: Ctrl-C, SIGTERM, SIGHUP, an unhandled exception, or the end of Main.</summary>
/// <remarks>The signal's own effect is left to the program: without a handler of its own it still ends the process.</remarks>
internal sealed class ExitGuard : IDisposable
{
    private readonly Action _action;
    private readonly PosixSignalRegistration[] _signals;

    public ExitGuard(Action action)
    {
        _action = action;
        _signals = [Register(PosixSignal.SIGINT), Register(PosixSignal.SIGTERM), Register(PosixSignal.SIGHUP)];
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        AppDomain.CurrentDomain.UnhandledException += OnExit;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        AppDomain.CurrentDomain.UnhandledException -= OnExit;
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal) => PosixSignalRegistration.Create(signal, _ => _action());

    private void OnExit(object? sender, EventArgs e) => _action();
}
