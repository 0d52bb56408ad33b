using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Evaluation.Stability;

/// <summary>A frame of a video, with the exact motion from the frame before where the source knows it.</summary>
/// <param name="Frame">The frame; valid until the next one is asked for.</param>
/// <param name="Flow">The motion; null for the first frame, and where it has to be estimated.</param>
public sealed record FlowFrame(Frame Frame, FlowPair? Flow = null);
