using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Carla.Streams;

/// <summary>
/// Drains a camera's stream, with its semantic twin where wanted, into a <see cref="FrameQueue"/>; one thread, no locks, no allocation.
/// </summary>
/// <remarks>
/// The server holds frames back in its socket when a reader is late (1.5 s of frames at 640x360), so this thread reads at all times and the
/// queue decides what is dropped. One thread for both sockets makes it the queue's only producer, so that colour and tags are paired by
/// frame number without any lock; CARLA's asynchronous mode may deliver them some frames out of step.
/// </remarks>
public sealed class SensorStream : IDisposable
{
    /// <summary>How many images of one camera may wait for the other's.</summary>
    public const int PairingDepth = 3;

    private const int PollMilliseconds = 50;
    private const long StallMilliseconds = 5000;

    private readonly FrameQueue _queue;
    private readonly ImageReceiver _image;
    private readonly ImageReceiver? _tags;
    private readonly LabelSpace? _tagSpace;
    private readonly byte[] _tagImage;
    private readonly TagBuffer? _tagBuffer;
    private readonly Frame?[] _unpaired = new Frame?[PairingDepth];
    private readonly double _sensorTick;
    private readonly Func<string, bool> _recover;
    private readonly Thread _thread;
    private Frame? _current;
    private int _unpairedCount;
    private bool _hasPaired; // before the first pair, one camera only began to send earlier than the other: nothing is lost
    private ulong _lastFrame;
    private double _lastTime = double.NaN;
    private Progress _imageProgress;
    private Progress _tagsProgress;
    private long _byServer;
    private long _damaged;
    private long _reconnects;
    private long _framesSinceRecovery;
    private volatile bool _stop;

    /// <summary>Creates the stream; nothing is read before <see cref="Start"/>.</summary>
    /// <param name="queue">Where frames go. Made with <see cref="ReaderFrames"/>.</param>
    /// <param name="image">The colour camera, subscribed.</param>
    /// <param name="tags">The semantic camera of the same size, subscribed; null for none.</param>
    /// <param name="tagSpace">What the tags mean.</param>
    /// <param name="sensorTick">The cameras' sensor_tick in simulated seconds; 0: a frame every tick.</param>
    /// <param name="format">The cameras' size.</param>
    /// <param name="recover">
    /// Called on the stream's thread when it broke, with the reason; subscribes both receivers again, taking its time, and tells whether
    /// the
    /// frame numbers go on. Throws what the consumer shall get when there is no hope.
    /// </param>
    public SensorStream(FrameQueue queue, ImageReceiver image, ImageReceiver? tags, LabelSpace? tagSpace, double sensorTick,
        ImageFormat format, Func<string, bool> recover)
    {
        _queue = queue;
        _image = image;
        _tags = tags;
        _tagSpace = tagSpace;
        _sensorTick = sensorTick;
        _recover = recover;
        int pixels = format.Width * format.Height;
        _tagImage = tags is null ? [] : GC.AllocateUninitializedArray<byte>(pixels * 4, pinned: true);
        _tagBuffer = tags is null ? null : new TagBuffer(pixels, PairingDepth);
        _thread = new Thread(Run) { IsBackground = true, Name = "sensor stream", Priority = ThreadPriority.AboveNormal };
    }

    /// <summary>Frames that the stream holds at a time at most: for <see cref="FrameQueue"/>'s constructor.</summary>
    /// <param name="withTags">Whether colour images may have to wait for their tags.</param>
    public static int ReaderFrames(bool withTags) => withTags ? PairingDepth + 1 : 1;

    /// <summary>Frames lost in the server or on the way, and frames that arrived damaged or without partner.</summary>
    public FrameDrops Drops => new() { ByServer = Volatile.Read(ref _byServer), Damaged = Volatile.Read(ref _damaged) };

    /// <summary>How often the stream broke and was opened again.</summary>
    public long Reconnects => Volatile.Read(ref _reconnects);

    /// <summary>Images that arrived whole since the stream was last opened.</summary>
    public long FramesSinceRecovery => Volatile.Read(ref _framesSinceRecovery);

    /// <summary>Begins to read.</summary>
    public void Start() => _thread.Start();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop = true;
        if (_thread.IsAlive && Thread.CurrentThread != _thread)
            _thread.Join();
        _image.Dispose();
        _tags?.Dispose();
    }

    private void Run()
    {
        try
        {
            StartProgress();
            while (!_stop)
            {
                string? broken = Pump();
                if (broken is not null && !_stop)
                    Recover(broken);
            }
            _queue.Complete();
        }
        catch (OperationCanceledException)
        {
            _queue.Complete();
        }
        catch (Exception error)
        {
            // The consumer gets it: an exception that leaves a thread would end the process.
            _queue.Complete(_stop ? null : error);
        }
    }

    /// <summary>Waits for bytes and reads them once.</summary>
    /// <returns>Why the stream is broken; null while it is not.</returns>
    private string? Pump()
    {
        (bool image, bool tags) = SocketPoll.Wait(_image.Handle, _tags?.Handle ?? -1, PollMilliseconds);
        if (image)
            _imageProgress = Progress.Now;
        else if (_imageProgress.IsStalled(_image))
            return Break(_image, ReceiveStatus.Closed, "the colour camera's has stalled");
        if (tags)
            _tagsProgress = Progress.Now;
        else if (_tags is not null && _tagsProgress.IsStalled(_tags))
            return Break(_tags, ReceiveStatus.Closed, "the semantic camera's has stalled");
        if (image)
        {
            _current ??= _queue.BeginRead();
            ReceiveStatus status = _image.Receive(_current.Bgra);
            if (status == ReceiveStatus.Complete)
                ImageArrived();
            else if (status != ReceiveStatus.Partial)
                return Break(_image, status, "closed");
        }
        if (tags)
        {
            ReceiveStatus status = _tags!.Receive(_tagImage);
            if (status == ReceiveStatus.Complete)
                TagsArrived();
            else if (status != ReceiveStatus.Partial)
                return Break(_tags, status, "closed");
        }
        return null;
    }

    private string Break(ImageReceiver receiver, ReceiveStatus status, string reason)
    {
        // A server that dies closes both streams; the one that is seen first need not be the one that was cut in a message.
        if (status == ReceiveStatus.Damaged || _image.IsInsideMessage || _tags is { IsInsideMessage: true })
            Interlocked.Increment(ref _damaged);
        return receiver.Damage ?? (receiver.IsInsideMessage ? reason + " in the middle of a message" : reason);
    }

    private void Recover(string reason)
    {
        _image.Close();
        _tags?.Close();
        while (_unpairedCount > 0)
            DropUnpaired();
        _tagBuffer?.Clear();
        _hasPaired = false;
        if (!_recover(reason))
        {
            _lastFrame = 0;
            _lastTime = double.NaN;
        }
        StartProgress();
        Volatile.Write(ref _framesSinceRecovery, 0);
        Interlocked.Increment(ref _reconnects);
    }

    private void StartProgress() => _imageProgress = _tagsProgress = Progress.Now;

    private void ImageArrived()
    {
        _tagsProgress.Behind++;
        Frame frame = _current!;
        _current = null;
        Volatile.Write(ref _framesSinceRecovery, _framesSinceRecovery + 1);
        CountGap(_image.Header.Frame, _image.Header.Timestamp);
        frame.Id = _image.Header.Frame;
        frame.SimulatedTime = _image.Header.Timestamp;
        frame.SensorPose = _image.Header.Pose;
        frame.TagSpace = _tagSpace;
        frame.Stamps = new FrameStamps { FirstByte = _image.FirstByte, LastByte = _image.LastByte };
        if (_tagBuffer is null)
        {
            _queue.EndRead(frame);
        }
        else if (_tagBuffer.TryTake(frame.Id, frame.Tags))
        {
            _hasPaired = true;
            _queue.EndRead(frame);
        }
        else if (_tagBuffer.Newest > frame.Id)
        {
            // Its tags were lost: the semantic stream is past it.
            DropWithoutPartner(frame);
        }
        else
        {
            if (_unpairedCount == PairingDepth)
                DropUnpaired();
            _unpaired[_unpairedCount++] = frame;
        }
    }

    private void TagsArrived()
    {
        _imageProgress.Behind++;
        ulong id = _tags!.Header.Frame;
        while (_unpairedCount > 0 && _unpaired[0]!.Id < id)
            DropUnpaired();
        if (_unpairedCount == 0 || _unpaired[0]!.Id != id)
        {
            _tagBuffer!.Add(id, _tagImage);
            return;
        }
        Frame frame = RemoveUnpaired();
        TagExtractor.Extract(_tagImage, frame.Tags);
        frame.Stamps.LastByte = _tags.LastByte; // the frame is whole only now
        _hasPaired = true;
        _queue.EndRead(frame);
    }

    private void DropUnpaired() => DropWithoutPartner(RemoveUnpaired());

    private void DropWithoutPartner(Frame frame)
    {
        if (_hasPaired)
            Interlocked.Increment(ref _damaged);
        _queue.CancelRead(frame);
    }

    private Frame RemoveUnpaired()
    {
        Frame frame = _unpaired[0]!;
        _unpairedCount--;
        Array.Copy(_unpaired, 1, _unpaired, 0, _unpairedCount);
        _unpaired[_unpairedCount] = null;
        return frame;
    }

    /// <summary>
    /// Frames that the server dropped show only as gaps: in the frame number, or in time where the sensor skips ticks by itself.
    /// </summary>
    private void CountGap(ulong frame, double time)
    {
        if (_lastFrame != 0 && frame > _lastFrame)
        {
            long missed = _sensorTick > 0
                ? (long)Math.Round((time - _lastTime) / _sensorTick) - 1
                : (long)Math.Min(frame - _lastFrame - 1, long.MaxValue);
            if (missed > 0)
                Interlocked.Add(ref _byServer, missed);
        }
        _lastFrame = frame;
        _lastTime = time;
    }

    /// <summary>When a stream's bytes came last, and how many of its twin's images since then.</summary>
    private struct Progress
    {
        public int Behind;
        private long _last;

        public static Progress Now => new() { _last = Environment.TickCount64 };

        /// <summary>Whether nothing has come for long though a message has begun, or though its twin goes on.</summary>
        public readonly bool IsStalled(ImageReceiver receiver) => (receiver.IsInsideMessage || Behind > PairingDepth)
            && Environment.TickCount64 - _last > StallMilliseconds;
    }
}
