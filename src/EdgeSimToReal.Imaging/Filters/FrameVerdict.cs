namespace EdgeSimToReal.Imaging.Filters;

/// <summary>Whether a simulator's frame is worth keeping, or why not.</summary>
public enum FrameVerdict
{
    /// <summary>It is.</summary>
    Kept,

    /// <summary>Too few pixels show vehicles or people.</summary>
    LittleTraffic,

    /// <summary>One that was kept looks nearly the same.</summary>
    NearDuplicate,

    /// <summary>The camera is inside something, or close before it.</summary>
    Degenerate,
}
