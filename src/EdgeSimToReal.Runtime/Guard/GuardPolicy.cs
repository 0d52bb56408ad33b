namespace EdgeSimToReal.Runtime.Guard;

/// <summary>What the label guard does about a frame whose labels did not survive.</summary>
public enum GuardPolicy
{
    /// <summary>Nothing: the guard does not run.</summary>
    Off,

    /// <summary>Counts it, on a thread of low priority that never delays a frame.</summary>
    Report,

    /// <summary>Counts it likewise, and tells its number as soon as it is known.</summary>
    Flag,

    /// <summary>Sends the simulator's frame out in its place: every frame is judged before it goes out, and waits for it.</summary>
    Passthrough,
}
