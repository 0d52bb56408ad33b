namespace EdgeSimToReal.Core.Frames;

/// <summary>Where frames go: a video, a folder, a pipe, nothing.</summary>
/// <remarks>
/// Disposing without <see cref="Complete"/> (an error, an interruption) must still leave valid files of the frames written so far.
/// </remarks>
public interface IFrameSink : IDisposable
{
    /// <summary>Writes one frame; returns when the frame's memory may be reused.</summary>
    /// <param name="source">The simulator's frame, with its tags where the source has them.</param>
    /// <param name="translated">The translated frame, same size and identity; the very same object in pass-through mode.</param>
    /// <exception cref="EdgeSimException">The frame can't be written (<see cref="ExitCode.Output"/>).</exception>
    void Write(Frame source, Frame translated);

    /// <summary>Ends the output: flushes, closes, renames to the final name, verifies.</summary>
    /// <exception cref="EdgeSimException">The output can't be finished (<see cref="ExitCode.Output"/>).</exception>
    void Complete();
}
