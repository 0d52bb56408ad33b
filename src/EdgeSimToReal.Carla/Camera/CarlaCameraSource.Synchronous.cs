using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Carla.Camera;

public sealed partial class CarlaCameraSource
{
    private const int FirstFrameAttempts = 20;
    private static readonly TimeSpan FirstFrameWait = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan CaptureWait = TimeSpan.FromMilliseconds(100);

    private CameraSession? _sessionWithFrames; // the session that has given a frame

    /// <summary>One step of the simulation, and its frame: never another tick before all subscribed images have arrived.</summary>
    private Frame? TakeSynchronous(CancellationToken cancellation)
    {
        int attempts = 0;
        while (!cancellation.IsCancellationRequested && !_stopping.IsCancellationRequested)
        {
            if (_queue.IsCompleted)
                return _queue.Take(cancellation);
            if (Volatile.Read(ref _session) is not { } session)
            {
                Thread.Sleep(20); // the server is waited for
                continue;
            }
            if (!TryTick(session, out ulong wanted))
                continue;
            long answered = FrameStamps.Now;
            // The server takes a subscription some time after it was sent, so the first ticks may bring no frame.
            bool first = !ReferenceEquals(_sessionWithFrames, session);
            if (WaitForFrame(wanted, first ? FirstFrameWait : _options.FrameTimeout, session, cancellation) is { } frame)
            {
                _sessionWithFrames = session;
                frame.Stamps.TickAnswered = answered;
                if (session.Observer.TellsCaptures && session.Observer.LastFrame < frame.Id)
                {
                    // Its capture time comes on another stream; this mode waits for all that belongs to a tick.
                    session.Observer.WaitForFrame(frame.Id, CaptureWait);
                    frame.Stamps.Taken = FrameStamps.Now;
                }
                return frame;
            }
            bool sameSession = ReferenceEquals(Volatile.Read(ref _session), session) && !_queue.IsCompleted;
            if (sameSession && !cancellation.IsCancellationRequested && !_stopping.IsCancellationRequested
                && (!first || ++attempts >= FirstFrameAttempts))
            {
                throw new EdgeSimException($"{session.Client.Address} did not send the frame {wanted} that was ticked.",
                    "It renders nothing (no_rendering_mode, -nullrhi), or needs longer: raise the frame time-out.", ExitCode.Connection);
            }
        }
        return null;
    }

    private bool TryTick(CameraSession session, out ulong wanted)
    {
        try
        {
            session.Driver?.Step((float)_options.FixedDeltaSeconds);
            wanted = session.Client.Tick();
            return true;
        }
        catch (Exception error) when (error is EdgeSimException or ObjectDisposedException && !session.Client.IsAlive)
        {
            // The stream's thread finds the same, and waits for the server.
            _image.Interrupt();
            Thread.Sleep(20);
            wanted = 0;
            return false;
        }
    }

    private Frame? WaitForFrame(ulong wanted, TimeSpan timeout, CameraSession session, CancellationToken cancellation)
    {
        long giveUp = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (Environment.TickCount64 < giveUp && ReferenceEquals(Volatile.Read(ref _session), session)
            && !_stopping.IsCancellationRequested)
        {
            Frame? frame = _queue.Take(cancellation, TimeSpan.FromMilliseconds(100));
            if (frame is null && (_queue.IsCompleted || cancellation.IsCancellationRequested))
                return null;
            if (frame?.Id >= wanted)
                return frame;
            if (frame is not null)
                _queue.Return(frame); // left over from before synchronous mode
        }
        return null;
    }
}
