namespace EdgeSimToReal.Carla.Streams;

/// <summary>When the pictures of the last frames were taken, by frame number. One writer, any readers, no locks.</summary>
public sealed class CaptureClock
{
    private const int Capacity = 256; // several seconds of ticks; images come within a few

    private readonly ulong[] _frames = new ulong[Capacity];
    private readonly long[] _stamps = new long[Capacity];

    /// <summary>Notes a frame.</summary>
    /// <param name="frame">Its number, not 0.</param>
    /// <param name="stamp">When its picture was taken, in Stopwatch ticks.</param>
    public void Add(ulong frame, long stamp)
    {
        int slot = (int)(frame % Capacity);
        Volatile.Write(ref _frames[slot], 0); // nobody may read the new stamp as the old frame's
        Volatile.Write(ref _stamps[slot], stamp);
        Volatile.Write(ref _frames[slot], frame);
    }

    /// <summary>When a frame's picture was taken; 0 where that is not known.</summary>
    /// <param name="frame">Its number.</param>
    public long Find(ulong frame)
    {
        int slot = (int)(frame % Capacity);
        if (frame == 0 || Volatile.Read(ref _frames[slot]) != frame)
            return 0;
        long stamp = Volatile.Read(ref _stamps[slot]);
        return Volatile.Read(ref _frames[slot]) == frame ? stamp : 0;
    }
}
