using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Imaging.Sinks;

/// <summary>Writes the translated frames' raw BGRA bytes, back to back, to a stream such as a pipe on standard output.</summary>
/// <remarks>0 managed bytes a frame. Each frame is one write, so nothing waits in a buffer here.</remarks>
/// <param name="stream">Where the bytes go; disposed with this sink.</param>
/// <param name="description">What the stream is, for messages.</param>
public sealed class RawFrameSink(Stream stream, string description = "output stream") : IFrameSink
{
    private bool _failed;

    /// <summary>Frames written in full.</summary>
    public long FramesWritten { get; private set; }

    /// <summary>Writes to standard output.</summary>
    public static RawFrameSink ToStandardOutput() => new(StandardStreams.OpenOutput(), "standard output");

    /// <inheritdoc/>
    public void Write(Frame source, Frame translated)
    {
        try
        {
            stream.Write(translated.Bgra, 0, translated.PixelCount * 4);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw Failed(error);
        }
        FramesWritten++;
    }

    /// <inheritdoc/>
    public void Complete()
    {
        try
        {
            stream.Flush();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw Failed(error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            stream.Dispose();
        }
        catch (IOException) when (_failed)
        {
            // A buffered stream tries again what has failed and been reported.
        }
    }

    private EdgeSimException Failed(Exception error)
    {
        _failed = true;
        return new EdgeSimException($"Writing raw frames to the {description} ended after {FramesWritten} whole frames: "
            + $"{error.Message.TrimEnd('.')}.", "Its reader has gone, or its disk is full.", ExitCode.Output, error);
    }
}
