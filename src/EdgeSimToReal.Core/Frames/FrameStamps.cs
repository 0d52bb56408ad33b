using System.Diagnostics;

namespace EdgeSimToReal.Core.Frames;

/// <summary>When things happened to one frame, in <see cref="Stopwatch"/> ticks of this machine; 0 is "not observed".</summary>
/// <remarks>The stamps travel with the frame, never in globals. The order of the fields is the order of events.</remarks>
public struct FrameStamps
{
    /// <summary>The simulator took the picture; known only where the source tells it on this machine's clock (Town does).</summary>
    public long Captured;

    /// <summary>The answer to the tick that produced this frame arrived (synchronous mode only).</summary>
    public long TickAnswered;

    /// <summary>The first byte of the frame's message was read.</summary>
    public long FirstByte;

    /// <summary>The last byte of the frame's message was read.</summary>
    public long LastByte;

    /// <summary>The pipeline took the frame from its source.</summary>
    public long Taken;

    /// <summary>Preprocessing (BGRA8 to normalised CHW) ended.</summary>
    public long Prepared;

    /// <summary>The network's inference ended.</summary>
    public long Inferred;

    /// <summary>Postprocessing (CHW to BGRA8) ended.</summary>
    public long Finished;

    /// <summary>The label guard is done with the frame, or has taken it over; 0 where there is none.</summary>
    public long Guarded;

    /// <summary>The sink has the frame.</summary>
    public long Sunk;

    /// <summary>The current stamp.</summary>
    public static long Now => Stopwatch.GetTimestamp();
}
