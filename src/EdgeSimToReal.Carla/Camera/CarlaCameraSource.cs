using System.Diagnostics;
using System.Globalization;
using EdgeSimToReal.Carla.Streams;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Carla.Camera;

/// <summary>A camera of a CARLA server as a source of frames.</summary>
/// <remarks>
/// Opens everything in its constructor, so that what is wrong is said there. When the server goes away it is waited for, and the camera
/// set up anew. Disposing destroys what was spawned and restores the server's settings; Ctrl-C and the end of the process restore them too.
/// </remarks>
public sealed partial class CarlaCameraSource : IFrameSource
{
    private readonly CarlaCameraOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CaptureClock _captures = new();
    private readonly ImageReceiver _image;
    private readonly ImageReceiver? _tags;
    private readonly FrameQueue _queue;
    private readonly SensorStream _stream;
    private readonly ExitGuard _guard;
    private readonly long _openedAt = Stopwatch.GetTimestamp();
    private CameraSession? _session; // null while the server is waited for
    private CameraSession _lastSession;
    private int _breaksWithoutFrame;
    private bool _hasFrames;
    private bool _disposed;

    /// <summary>Connects, spawns or finds the vehicle, spawns the camera, and subscribes.</summary>
    /// <param name="options">Which camera.</param>
    /// <exception cref="EdgeSimException">No server, wrong version, unknown vehicle, a server that refuses.</exception>
    public CarlaCameraSource(CarlaCameraOptions options)
    {
        options.Validate();
        _options = options;
        _session = _lastSession = CameraSession.Open(options, _captures, previous: null);
        try
        {
            ServerProfile profile = _session.Client.Profile;
            NominalRate = GetRate(_session);
            WireLimits limits = options.Client.Limits;
            ImageFormat format = new(options.Width, options.Height, profile.SensorTypesAreCertain ? profile.RgbType : null);
            _image = new ImageReceiver(format, limits);
            _tags = options.WithTags
                ? new ImageReceiver(format with { SensorType = profile.SensorTypesAreCertain ? profile.SemanticType : null }, limits)
                : null;
            // In synchronous mode the consumer itself asks for each frame: none is late.
            TimeSpan deadline = options.Synchronous ? Timeout.InfiniteTimeSpan : options.Deadline ?? TimeSpan.FromSeconds(1.5 / NominalRate);
            _queue = new FrameQueue(options.QueueCapacity, deadline == Timeout.InfiniteTimeSpan ? null : deadline,
                () => new Frame(options.Width, options.Height, options.WithTags), SensorStream.ReaderFrames(options.WithTags));
            _session.Subscribe(_image, _tags);
            _stream = new SensorStream(_queue, _image, _tags, options.WithTags ? profile.Tags : null, options.SensorTick, format, Recover);
        }
        catch
        {
            _session.Dispose();
            throw;
        }
        Description = string.Create(CultureInfo.InvariantCulture,
            $"carla://{_session.Client.Address}, CARLA {_session.Client.ServerVersion}, rgb camera {options.Width}x{options.Height}")
            + (options.WithTags ? " with tags" : "") + (options.Synchronous ? ", synchronous" : "");
        _guard = new ExitGuard(Interrupt);
        _stream.Start();
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public double NominalRate { get; }

    /// <inheritdoc/>
    public long? FrameCount => null;

    /// <inheritdoc/>
    /// <remarks>In synchronous mode the server waits for the consumer, so nothing is lost.</remarks>
    public bool IsLive => !_options.Synchronous;

    /// <inheritdoc/>
    public FrameDrops Drops
    {
        get
        {
            FrameDrops drops = _stream.Drops;
            drops.ByFullQueue = _queue.DroppedByFullQueue;
            drops.ByDeadline = _queue.DroppedByDeadline;
            return drops;
        }
    }

    /// <summary>How often the stream broke and was opened again.</summary>
    public long Reconnects => _stream.Reconnects;

    /// <inheritdoc/>
    public Frame? Take(CancellationToken cancellation)
    {
        Frame? frame = _options.Synchronous ? TakeSynchronous(cancellation) : TakeNext(cancellation);
        if (frame is not null)
            frame.Stamps.Captured = _captures.Find(frame.Id);
        return frame;
    }

    /// <inheritdoc/>
    public void Return(Frame frame) => _queue.Return(frame);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _stopping.Cancel();
        _stream.Dispose(); // the server wants streams closed before their sensors are destroyed
        _guard.Dispose();
        _lastSession.Dispose();
        _queue.Dispose();
        _stopping.Dispose();
    }

    private Frame? TakeNext(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested && !_stopping.IsCancellationRequested)
        {
            if (_queue.Take(cancellation, TimeSpan.FromMilliseconds(200)) is { } frame)
            {
                _hasFrames = true;
                return frame;
            }
            if (_queue.IsCompleted)
                return _queue.Take(cancellation); // what still waits, then the failure or the end
            if (!_hasFrames && _lastSession.Settings.SynchronousMode && Stopwatch.GetElapsedTime(_openedAt) > _options.FrameTimeout)
            {
                throw new EdgeSimException(
                    $"{_lastSession.Client.Address} is in synchronous mode and nobody ticks it: "
                    + $"no frame in {_options.FrameTimeout.TotalSeconds:0.#} s.",
                    "Another client may have left it so: choose synchronous mode here, or switch it off there.", ExitCode.Connection);
            }
        }
        return null;
    }

    /// <summary>The server's rate as far as it can be known beforehand.</summary>
    private double GetRate(CameraSession session)
    {
        if (_options.Synchronous)
            return 1 / _options.FixedDeltaSeconds;
        if (_options.SensorTick > 0)
            return 1 / _options.SensorTick;
        if (session.Settings.FixedDeltaSeconds is > 0 and double step)
            return 1 / step;
        const double Usual = 30;
        if (!session.Observer.WaitForFrame(1, TimeSpan.FromSeconds(1)))
            return Usual;
        // Variable steps: the mean of a few tells more than the last one.
        ulong frame = session.Observer.LastFrame;
        double time = session.Observer.SimulatedTime;
        long start = Stopwatch.GetTimestamp();
        session.Observer.WaitForFrame(frame + 10, TimeSpan.FromSeconds(1));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double frames = session.Observer.LastFrame - frame;
        return frames > 0 && session.Observer.SimulatedTime > time ? frames / seconds : Usual;
    }
}
