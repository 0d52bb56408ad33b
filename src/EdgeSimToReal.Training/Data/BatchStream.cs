using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Training.Data;

/// <summary>An endless, ordered stream of random batches, made ahead by worker threads.</summary>
/// <remarks>
/// Batch b is a function of the sets, the options and b alone: neither the number of workers nor their timing matters, and a stream that
/// starts at b goes on as one that came from 0. Workers make plain arrays; tensors are made where they are taken, since torch's dispose
/// scopes belong to threads.
/// </remarks>
public sealed class BatchStream : IDisposable
{
    private readonly BatchOptions _options;
    private readonly IReadOnlyList<ImageSet> _sets;
    private readonly ImageReader[] _readers;
    private readonly SampleOrder _order;
    private readonly ImageCache _cache;
    private readonly Thread[] _workers;
    private readonly object _gate = new();
    private readonly Dictionary<long, Prepared> _ready = []; // guarded by _gate, as all below
    private readonly ConcurrentBag<Prepared> _spare = [];
    private long _next; // the batch that a worker takes up next
    private bool _stopped;

    /// <summary>Starts the workers.</summary>
    /// <param name="sets">The sets to merge, at least one; each one's weight is its share of the images.</param>
    /// <param name="options">How batches are made.</param>
    /// <param name="first">The number of the first batch.</param>
    /// <exception cref="Core.EdgeSimException">An option is out of range, or labels can't be mapped to the target space.</exception>
    public BatchStream(IReadOnlyList<ImageSet> sets, BatchOptions options, long first = 0)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sets.Count);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        options.Validate();
        (_sets, _options, _next, Position) = (sets, options, first, first);
        _readers = [.. sets.Select(set => new ImageReader(set, options.Target))];
        _order = new SampleOrder(sets, options);
        _cache = new ImageCache((long)options.CacheMegabytes << 20);
        _workers = [.. Enumerable.Range(0, options.Workers)
            .Select(i => new Thread(Work) { IsBackground = true, Name = $"batches {options.Purpose} {i}" })];
        foreach (Thread worker in _workers)
            worker.Start();
    }

    /// <summary>The number of the batch that <see cref="Next"/> gives next.</summary>
    public long Position { get; private set; }

    /// <summary>How long <see cref="Next"/> has waited for workers in all.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>The next batch; waits for it where the workers are behind.</summary>
    /// <returns>Tensors of the caller's dispose scope.</returns>
    /// <exception cref="Core.EdgeSimException">A file of the batch can't be read, is too small, or has faulty labels.</exception>
    /// <exception cref="ObjectDisposedException">The stream is closed.</exception>
    public ImageBatch Next()
    {
        Prepared prepared;
        lock (_gate)
        {
            long start = Stopwatch.GetTimestamp();
            while (!_stopped && !_ready.ContainsKey(Position))
                Monitor.Wait(_gate);
            Waited += Stopwatch.GetElapsedTime(start);
            ObjectDisposedException.ThrowIf(_stopped, this);
            prepared = _ready[Position];
            prepared.Error?.Throw();
            _ready.Remove(Position++);
            Monitor.PulseAll(_gate);
        }
        ImageBatch batch = ImageBatch.Create(
            prepared.Values, prepared.Labels, _options.Size, _options.Height, _options.Width, prepared.Number);
        _spare.Add(prepared);
        return batch;
    }

    /// <summary>Stops the workers and waits for their end.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
        foreach (Thread worker in _workers)
            worker.Join();
    }

    private void Work()
    {
        Frame frame = new(1, 1);
        (int Set, int Item)[] draws = new (int, int)[_options.Size];
        while (true)
        {
            long number;
            lock (_gate)
            {
                while (!_stopped && _next >= Position + _options.Prefetch)
                    Monitor.Wait(_gate);
                if (_stopped)
                    return;
                number = _next++;
                for (int i = 0; i < draws.Length; i++)
                    draws[i] = _order[(number * draws.Length) + i];
            }
            Prepared prepared = Prepare(number, draws, frame);
            lock (_gate)
            {
                _ready.Add(number, prepared);
                Monitor.PulseAll(_gate);
            }
        }
    }

    private Prepared Prepare(long number, (int Set, int Item)[] draws, Frame frame)
    {
        int pixels = _options.Height * _options.Width;
        if (!_spare.TryTake(out Prepared? prepared))
            prepared = new Prepared(new float[draws.Length * 3 * pixels], new byte[draws.Length * pixels]);
        prepared.Number = number;
        try
        {
            for (int i = 0; i < draws.Length; i++)
            {
                (int set, int item) = draws[i];
                DecodedImage image = _cache.Get(_sets[set].Items[item], _readers[set], frame);
                SplitMix64 random = new(StepSeed.Of(_options.Seed, (number * draws.Length) + i, $"{_options.Purpose}/crop"));
                RandomCrop.Cut(image, _options, ref random,
                    prepared.Values.AsSpan(i * 3 * pixels, 3 * pixels), prepared.Labels.AsSpan(i * pixels, pixels));
            }
        }
        catch (Exception error)
        {
            prepared.Error = ExceptionDispatchInfo.Capture(error); // belongs to whoever takes this batch
        }
        return prepared;
    }

    private sealed class Prepared(float[] values, byte[] labels)
    {
        public float[] Values { get; } = values;

        public byte[] Labels { get; } = labels;

        public long Number { get; set; }

        public ExceptionDispatchInfo? Error { get; set; }
    }
}
