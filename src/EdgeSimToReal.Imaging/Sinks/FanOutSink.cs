using System.Runtime.ExceptionServices;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Imaging.Sinks;

/// <summary>Gives every frame to several sinks, one after the other.</summary>
/// <param name="sinks">The sinks; disposed with this one.</param>
public sealed class FanOutSink(params IFrameSink[] sinks) : IFrameSink
{
    /// <inheritdoc/>
    public void Write(Frame source, Frame translated)
    {
        foreach (IFrameSink sink in sinks)
            sink.Write(source, translated);
    }

    /// <summary>Completes every sink, also after one has failed; then throws the first error.</summary>
    public void Complete() => ForAll(sink => sink.Complete());

    /// <inheritdoc/>
    public void Dispose() => ForAll(sink => sink.Dispose());

    private void ForAll(Action<IFrameSink> action)
    {
        Exception? first = null;
        foreach (IFrameSink sink in sinks)
        {
            try
            {
                action(sink);
            }
            catch (Exception error)
            {
                first ??= error;
            }
        }
        if (first is not null)
            ExceptionDispatchInfo.Throw(first);
    }
}
