using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Runtime.Tests.Live;

/// <summary>A source of a few frames over and over, which keeps account of who has them.</summary>
internal sealed class MemorySource(int count, params Frame[] frames) : IFrameSource
{
    private int _next;

    public string Description => "memory";

    public double NominalRate => 0;

    public long? FrameCount => count;

    public bool IsLive { get; init; }

    public FrameDrops Drops { get; init; }

    /// <summary>Frames that were taken.</summary>
    public int Taken => _next;

    /// <summary>Frames that were taken and not given back.</summary>
    public int Outstanding { get; private set; }

    public Frame? Take(CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested || _next == count)
            return null;
        Frame frame = frames[_next % frames.Length];
        frame.Id = (ulong)_next++;
        long now = FrameStamps.Now;
        frame.Stamps = new FrameStamps { FirstByte = now, LastByte = now, Taken = now };
        Outstanding++;
        return frame;
    }

    public void Return(Frame frame) => Outstanding--;

    public void Dispose()
    {
        // Nothing is held.
    }
}
