using System.Diagnostics;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Town.Server.Streams;
using EdgeSimToReal.Town.World;

namespace EdgeSimToReal.Town.Server;

/// <summary>The game loop: makes frames by the clock (asynchronous mode) or on a tick_cue (synchronous mode), and sends them.</summary>
/// <remarks>
/// One thread makes and sends frames; others help it to render. A frame's world is advanced under the world's gate, in synchronous mode by
/// the very call that cues it, so that what a client does before and after tick_cue falls on the right side. One frame is under way at a time.
/// </remarks>
internal sealed class TownEngine : IDisposable
{
    private readonly TownWorld _world;
    private readonly double _rate;
    private readonly TickPlan _plan;
    private readonly ShotRenderer _renderer = new();
    private readonly Thread _thread;
    private readonly Func<bool> _waitsForSessions;
    private readonly Func<bool> _isWoken;
    private bool _isUnderWay; // a frame is planned and not yet sent
    private volatile bool _owesFrame; // switching to synchronous mode lets one more frame out, as the real server does
    private volatile bool _isStopping;

    public TownEngine(TownWorld world, StreamServer streams, double rate)
    {
        _world = world;
        _rate = rate;
        _plan = new TickPlan(streams.Create(TownWorld.ObserverStream));
        _waitsForSessions = () => !_isStopping && _world.Settings.SynchronousMode;
        _isWoken = () => _isStopping || _owesFrame;
        _thread = new Thread(Run) { IsBackground = true, Name = "town engine" };
    }

    /// <summary>Starts making frames.</summary>
    public void Start() => _thread.Start();

    /// <summary>Advances by one frame in synchronous mode.</summary>
    /// <returns>The number of the frame that will come.</returns>
    public ulong TickCue()
    {
        lock (_world.Gate)
        {
            while (_world.Settings.SynchronousMode && (_isUnderWay || _owesFrame) && !_isStopping)
                Monitor.Wait(_world.Gate, 100);
            if (!_world.Settings.SynchronousMode || _isStopping)
                return _world.Frame + 1;
            Plan(_world.Settings.FixedDeltaSeconds ?? (1 / _rate));
            return _world.Frame;
        }
    }

    /// <summary>Takes new settings over.</summary>
    /// <returns>The number of the last frame.</returns>
    public ulong Apply(EpisodeSettings settings)
    {
        lock (_world.Gate)
        {
            _owesFrame = settings.SynchronousMode && (_owesFrame || !_world.Settings.SynchronousMode);
            _world.SetSettings(settings);
            Monitor.PulseAll(_world.Gate);
            return _world.Frame;
        }
    }

    /// <summary>Stops the loop; a frame under way is finished or dropped.</summary>
    public void Dispose()
    {
        _isStopping = true;
        lock (_world.Gate)
            Monitor.PulseAll(_world.Gate);
        if (_thread.IsAlive)
            _thread.Join();
    }

    private void Run()
    {
        long period = (long)(Stopwatch.Frequency / _rate);
        long due = Stopwatch.GetTimestamp();
        while (!_isStopping)
        {
            MonotonicClock.SleepUntil(due, _isWoken);
            bool isPlanned;
            lock (_world.Gate)
            {
                if (_world.Settings.SynchronousMode)
                {
                    WaitForCue();
                    due = Stopwatch.GetTimestamp() + (_world.Settings.SynchronousMode ? 0 : period);
                }
                else if (!_isUnderWay) // a frame cued just before the mode went back comes first
                {
                    // Simulated time keeps up with the clock: late by whole periods is a longer step.
                    long late = Math.Max(0, Stopwatch.GetTimestamp() - due) / period;
                    due += (late + 1) * period;
                    Plan(_world.Settings.FixedDeltaSeconds ?? ((late + 1) / _rate));
                }
                isPlanned = _isUnderWay && !_isStopping;
            }
            if (!isPlanned)
                continue;
            _renderer.Render(_plan);
            _plan.Publish(_waitsForSessions);
            lock (_world.Gate)
            {
                _isUnderWay = false;
                Monitor.PulseAll(_world.Gate);
            }
        }
    }

    private void WaitForCue()
    {
        if (_owesFrame && !_isUnderWay)
        {
            _owesFrame = false;
            Plan(_world.Settings.FixedDeltaSeconds ?? (1 / _rate));
        }
        else if (!_isUnderWay)
        {
            Monitor.Wait(_world.Gate, 100);
        }
    }

    private void Plan(double delta)
    {
        _world.Advance(delta, _plan);
        _isUnderWay = true;
        Monitor.PulseAll(_world.Gate);
    }
}
