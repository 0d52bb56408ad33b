using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>Sends the simulator's frames on unchanged; what the pipeline costs without a network.</summary>
public sealed class PassThroughTranslator : IFrameTranslator
{
    /// <inheritdoc/>
    public string Description => "pass-through";

    /// <inheritdoc/>
    public string Device => "none";

    /// <inheritdoc/>
    public Frame Translate(Frame source, out Frame fitted)
    {
        fitted = source;
        long now = source.Stamps.Taken;
        (source.Stamps.Prepared, source.Stamps.Inferred, source.Stamps.Finished) = (now, now, now);
        return source;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }
}
