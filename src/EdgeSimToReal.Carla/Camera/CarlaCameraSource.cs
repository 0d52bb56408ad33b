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
    private readonly SideStream? _depth;
    private readonly SideStream? _instances;
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
            _depth = options.WithDepth
                ? new SideStream(format with { SensorType = profile.SensorTypesAreCertain ? profile.DepthType : null }, limits)
                : null;
            _instances = options.WithInstances
                ? new SideStream(format with { SensorType = profile.SensorTypesAreCertain ? profile.InstanceType : null }, limits)
                : null;
            // In synchronous mode the consumer itself asks for each frame: none is late.
            TimeSpan deadline = options.Synchronous ? Timeout.InfiniteTimeSpan : options.Deadline ?? TimeSpan.FromSeconds(1.5 / NominalRate);
            _queue = new FrameQueue(options.QueueCapacity, deadline == Timeout.InfiniteTimeSpan ? null : deadline,
                () => new Frame(options.Width, options.Height, options.WithTags), SensorStream.ReaderFrames(options.WithTags));
            _session.Subscribe(_image, _tags, _depth, _instances);
            _stream = new SensorStream(_queue, _image, _tags, options.WithTags ? profile.Tags : null, options.SensorTick, format, Recover);
        }
        catch
        {
            _depth?.Dispose();
            _instances?.Dispose();
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

    /// <summary>What the server says it is, e.g. "0.9.15".</summary>
    public string ServerVersion => _lastSession.Client.ServerVersion;

    /// <summary>The running map's short name, e.g. "Town10HD_Opt".</summary>
    public string MapName => _lastSession.MapName;

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

    /// <summary>The depth picture of a frame that was taken, waiting for it; it is given once.</summary>
    /// <param name="frame">The frame's number.</param>
    /// <param name="metres">[Height, Width]; 1000 is the sky and all that is farther.</param>
    /// <param name="wait">The longest wait.</param>
    /// <returns>Whether it was there: it may have been lost where the server does not wait.</returns>
    /// <exception cref="InvalidOperationException">The options ask for no depth.</exception>
    public bool TryTakeDepth(ulong frame, Span<float> metres, TimeSpan wait)
    {
        byte[]? picture = (_depth ?? throw new InvalidOperationException("There is no depth camera.")).Take(frame, wait);
        if (picture is null)
            return false;
        // Depth is sent in 24 bits: red, green, blue from the lowest on; all ones are 1000 m.
        for (int i = 0; i < metres.Length; i++)
            metres[i] = (picture[(4 * i) + 2] | (picture[(4 * i) + 1] << 8) | (picture[4 * i] << 16)) * (1000f / 16777215);
        return true;
    }

    /// <summary>The instance picture of a frame that was taken, likewise.</summary>
    /// <param name="frame">The frame's number.</param>
    /// <param name="ids">[Height, Width]; the simulator's instance numbers, from 0.9.16 on actor ids where there is an actor.</param>
    /// <param name="wait">The longest wait.</param>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="InvalidOperationException">The options ask for no instances.</exception>
    public bool TryTakeInstances(ulong frame, Span<ushort> ids, TimeSpan wait)
    {
        byte[]? picture = (_instances ?? throw new InvalidOperationException("There is no instance camera.")).Take(frame, wait);
        if (picture is null)
            return false;
        for (int i = 0; i < ids.Length; i++)
            ids[i] = (ushort)(picture[(4 * i) + 1] | (picture[4 * i] << 8));
        return true;
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
        _depth?.Dispose();
        _instances?.Dispose();
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
