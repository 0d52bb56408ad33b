namespace EdgeSimToReal.Training.Watching;

/// <summary>Gathers the steps between two lines.</summary>
public sealed class MetricsWindow
{
    private readonly Dictionary<string, (double Sum, int Count)> _sums = new(StringComparer.Ordinal);
    private long _images;
    private double _seconds;
    private TimeSpan _waited;

    /// <summary>Begins the first window.</summary>
    /// <param name="images">Images so far.</param>
    /// <param name="seconds">Wall time so far.</param>
    /// <param name="waited">Time spent waiting for data so far.</param>
    public MetricsWindow(long images, double seconds, TimeSpan waited) => (_images, _seconds, _waited) = (images, seconds, waited);

    /// <summary>Whether no scalar has come since the last line.</summary>
    public bool IsEmpty => _sums.Count == 0;

    /// <summary>Takes a step's scalars.</summary>
    /// <param name="scalars">Values by name.</param>
    public void Add(IReadOnlyDictionary<string, double> scalars)
    {
        foreach ((string name, double value) in scalars)
        {
            (double sum, int count) = _sums.GetValueOrDefault(name);
            _sums[name] = (sum + value, count + 1);
        }
    }

    /// <summary>Makes the line of the steps since the one before, and begins the next window.</summary>
    /// <param name="step">The last step.</param>
    /// <param name="images">Images so far.</param>
    /// <param name="seconds">Wall time so far.</param>
    /// <param name="waited">Time spent waiting for data so far.</param>
    public MetricsLine Close(long step, long images, double seconds, TimeSpan waited)
    {
        double elapsed = Math.Max(seconds - _seconds, 1e-9);
        MetricsLine line = new(step, images, seconds, (images - _images) / elapsed,
            Math.Clamp((waited - _waited).TotalSeconds / elapsed, 0, 1),
            _sums.ToDictionary(pair => pair.Key, pair => pair.Value.Sum / pair.Value.Count));
        _sums.Clear();
        (_images, _seconds, _waited) = (images, seconds, waited);
        return line;
    }
}
