namespace EdgeSimToReal.Core.Frames;

/// <summary>Frames that the consumer never saw, counted by cause.</summary>
public struct FrameDrops
{
    /// <summary>Never arrived: gaps in the simulator's frame numbers (the server drops whole frames when a reader is late).</summary>
    public long ByServer;

    /// <summary>Arrived while every buffer was full: the oldest waiting frame made room.</summary>
    public long ByFullQueue;

    /// <summary>Waited longer than the queue's deadline while a newer frame was there.</summary>
    public long ByDeadline;

    /// <summary>Arrived damaged (wrong length or type), or lacked its partner of the same frame number.</summary>
    public long Damaged;

    /// <summary>Sum over all causes.</summary>
    public readonly long Total => ByServer + ByFullQueue + ByDeadline + Damaged;
}
