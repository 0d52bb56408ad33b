using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Runtime.Tests.Live;

/// <summary>A sink that remembers frame numbers, in memory that is there from the start.</summary>
internal sealed class MemorySink(int capacity) : IFrameSink
{
    private readonly ulong[] _ids = new ulong[capacity];

    /// <summary>Called on every frame with its index.</summary>
    public Action<int>? OnWrite { get; init; }

    /// <summary>Frames written.</summary>
    public int Count { get; private set; }

    /// <summary>How often the output was completed.</summary>
    public int Completed { get; private set; }

    /// <summary>Numbers of the frames in the order of their arrival.</summary>
    public ReadOnlySpan<ulong> Ids => _ids.AsSpan(0, Math.Min(Count, capacity));

    public void Write(Frame source, Frame translated)
    {
        if (source.Id != translated.Id) // not Assert.Equal, which allocates
            Assert.Fail($"Frame {source.Id} came with the translation of {translated.Id}.");
        OnWrite?.Invoke(Count);
        if (Count < capacity)
            _ids[Count] = translated.Id;
        Count++;
    }

    public void Complete() => Completed++;

    public void Dispose()
    {
        // Nothing is held.
    }
}
