using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>A translator that may have several frames in flight.</summary>
/// <remarks>
/// One thread submits, one collects; frames come out in the order in which they went in. The caller keeps count: never more than
/// <see cref="Depth"/> frames submitted and not collected, never a <see cref="Collect"/> without one.
/// </remarks>
public interface IPipelinedTranslator : IFrameTranslator
{
    /// <summary>Frames that may be in flight; 1: use <see cref="IFrameTranslator.Translate"/>.</summary>
    int Depth { get; }

    /// <summary>Starts on a frame; afterwards the frame's memory is free.</summary>
    /// <param name="source">The simulator's frame.</param>
    /// <exception cref="Core.EdgeSimException">As of <see cref="IFrameTranslator.Translate"/>.</exception>
    void Submit(Frame source);

    /// <summary>Waits for the oldest frame in flight.</summary>
    /// <param name="fitted">The simulator's frame as the sink should see it, with all stamps so far.</param>
    /// <returns>The translated frame; both are the translator's and valid until the next call.</returns>
    /// <exception cref="Core.EdgeSimException">The GPU failed.</exception>
    Frame Collect(out Frame fitted);
}
