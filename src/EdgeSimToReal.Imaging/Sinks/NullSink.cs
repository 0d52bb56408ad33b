using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Imaging.Sinks;

/// <summary>Takes frames and keeps nothing: for measuring. 0 managed bytes a frame.</summary>
public sealed class NullSink : IFrameSink
{
    /// <summary>Frames taken.</summary>
    public long FramesWritten { get; private set; }

    /// <inheritdoc/>
    public void Write(Frame source, Frame translated) => FramesWritten++;

    /// <inheritdoc/>
    public void Complete()
    {
        // Nothing was kept.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }
}
