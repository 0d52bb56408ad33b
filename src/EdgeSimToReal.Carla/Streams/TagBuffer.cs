namespace EdgeSimToReal.Carla.Streams;

/// <summary>Semantic images that came before the colour image of the same frame, oldest first.</summary>
/// <param name="pixels">Pixels of an image.</param>
/// <param name="capacity">How many images are kept.</param>
internal sealed class TagBuffer(int pixels, int capacity)
{
    private readonly byte[][] _images = [.. Enumerable.Range(0, capacity)
        .Select(_ => GC.AllocateUninitializedArray<byte>(pixels, pinned: true))];
    private readonly ulong[] _frames = new ulong[capacity];
    private int _first;
    private int _count;

    /// <summary>Keeps an image's tags.</summary>
    public void Add(ulong frame, ReadOnlySpan<byte> bgra)
    {
        if (_count == _images.Length)
            RemoveFirst();
        int slot = (_first + _count++) % _images.Length;
        TagExtractor.Extract(bgra, _images[slot]);
        _frames[slot] = frame;
    }

    /// <summary>Copies the tags of a frame, and forgets them and all older ones.</summary>
    /// <returns>Whether they were there.</returns>
    public bool TryTake(ulong frame, Span<byte> tags)
    {
        while (_count > 0 && _frames[_first] < frame)
            RemoveFirst();
        if (_count == 0 || _frames[_first] != frame)
            return false;
        _images[_first].CopyTo(tags);
        RemoveFirst();
        return true;
    }

    /// <summary>The newest frame that is kept; null when none is.</summary>
    public ulong? Newest => _count == 0 ? null : _frames[(_first + _count - 1) % _images.Length];

    /// <summary>Forgets all images.</summary>
    public void Clear() => _count = 0;

    private void RemoveFirst()
    {
        _first = (_first + 1) % _images.Length;
        _count--;
    }
}
