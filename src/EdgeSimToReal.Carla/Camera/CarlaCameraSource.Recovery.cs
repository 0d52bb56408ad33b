using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Carla.Camera;

public sealed partial class CarlaCameraSource
{
    private const int MostBreaksWithoutFrame = 8;

    private readonly Lock _opening = new(); // a session that is being opened has changed settings that are to be restored

    /// <summary>On the stream's thread: waits until the stream can go on.</summary>
    /// <returns>Whether the frame numbers go on.</returns>
    private bool Recover(string reason)
    {
        Actor camera = _lastSession.Camera;
        Volatile.Write(ref _session, null);
        string address = _lastSession.Client.Address;
        _breaksWithoutFrame = _stream.FramesSinceRecovery > 0 ? 0 : _breaksWithoutFrame + 1;
        if (_breaksWithoutFrame >= MostBreaksWithoutFrame)
        {
            throw new EdgeSimException($"The stream of {address} breaks again and again: {reason}.",
                "Check that the server's version is supported and that nothing else writes to its streaming port.", ExitCode.Connection);
        }
        long giveUp = Environment.TickCount64 + (long)_options.GiveUpAfter.TotalMilliseconds;
        TimeSpan pause = _options.ReconnectInterval;
        if (_breaksWithoutFrame > 0)
            Pause(pause);
        while (true)
        {
            _stopping.Token.ThrowIfCancellationRequested();
            try
            {
                Reopen(reason);
                return ReferenceEquals(_lastSession.Camera, camera);
            }
            catch (EdgeSimException error) when (error.ExitCode == ExitCode.Connection)
            {
                if (Environment.TickCount64 > giveUp)
                {
                    throw new EdgeSimException(
                        $"The stream of {address} broke ({reason}) and the server was not back "
                        + $"after {_options.GiveUpAfter.TotalSeconds:0.#} s: {error.Message}",
                        null, ExitCode.Connection, error);
                }
            }
            Pause(pause);
            pause = pause < 8 * _options.ReconnectInterval ? 2 * pause : pause; // a server that starts is not to be hammered
        }
    }

    private void Reopen(string reason)
    {
        lock (_opening)
        {
            _stopping.Token.ThrowIfCancellationRequested();
            CameraSession broken = _lastSession;
            SessionState? state = broken.Client.IsAlive ? broken.GetState() : null;
            if (state == SessionState.SensorDestroyed)
            {
                throw new EdgeSimException($"The stream of {broken.Client.Address} ended ({reason}): the sensor was destroyed.",
                    "Somebody else destroyed it or its vehicle; start again.", ExitCode.BadInput);
            }
            if (state != SessionState.Intact)
            {
                _lastSession = CameraSession.Open(_options, _captures, broken);
                broken.Abandon();
            }
        }
        _stopping.Token.ThrowIfCancellationRequested();
        _lastSession.Subscribe(_image, _tags, _depth, _instances);
        Volatile.Write(ref _session, _lastSession);
    }

    /// <summary>The process is being ended: the server must not stay frozen in synchronous mode for everybody.</summary>
    private void Interrupt()
    {
        try
        {
            _stopping.Cancel();
            lock (_opening)
                _lastSession.RestoreSettings();
        }
        catch (Exception error) when (error is EdgeSimException or ObjectDisposedException)
        {
            // The server is gone, or all is restored already.
        }
    }

    private void Pause(TimeSpan time) => _stopping.Token.WaitHandle.WaitOne(time);
}
