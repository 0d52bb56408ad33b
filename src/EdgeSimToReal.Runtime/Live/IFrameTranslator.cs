using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>Turns a simulator's frame into the frame that goes out.</summary>
/// <remarks>One thread. Both frames of the result belong to the translator and are overwritten by the next call.</remarks>
public interface IFrameTranslator : IDisposable
{
    /// <summary>What the translator is, for reports.</summary>
    string Description { get; }

    /// <summary>Where and how the network runs, in one line for reports.</summary>
    string Device => "CPU";

    /// <summary>Whether frames must carry tags: the model is conditioned on labels.</summary>
    bool NeedsTags => false;

    /// <summary>Translates one frame and stamps its stages (<see cref="FrameStamps.Prepared"/> to <see cref="FrameStamps.Finished"/>).</summary>
    /// <param name="source">The simulator's frame.</param>
    /// <param name="fitted">The simulator's frame as the sink should see it: the very <paramref name="source"/>, or its cut-out.</param>
    /// <returns>The translated frame, of the size of <paramref name="fitted"/>; the very same object in pass-through mode.</returns>
    /// <exception cref="Core.EdgeSimException">
    /// The frame's size does not work with the fit policy, or it lacks the tags that are needed.
    /// </exception>
    Frame Translate(Frame source, out Frame fitted);
}
