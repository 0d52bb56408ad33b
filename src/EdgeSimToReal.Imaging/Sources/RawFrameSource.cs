using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using Microsoft.Win32.SafeHandles;

namespace EdgeSimToReal.Imaging.Sources;

/// <summary>Raw BGRA frames of one size from a stream, such as a pipe on standard input.</summary>
/// <remarks>0 managed bytes a frame. Nothing is dropped: a slow consumer makes the writer wait.</remarks>
public sealed class RawFrameSource : IFrameSource
{
    private readonly Stream _stream;
    private readonly SafeFileHandle? _handle;
    private readonly FramePool _pool = new();
    private readonly int _width;
    private readonly int _height;
    private ulong _next;

    /// <summary>Reads from a stream. Cancellation is seen between reads; a read that waits is not cut short.</summary>
    /// <param name="stream">Frames back to back, B, G, R, A, rows top to bottom; disposed with this source.</param>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Pixels, at least 1.</param>
    /// <param name="rate">Frames a second that the writer means to give; 0 where unknown.</param>
    /// <param name="description">What the stream is, for messages.</param>
    public RawFrameSource(Stream stream, int width, int height, double rate = 0, string description = "raw frames")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        (_stream, _width, _height, NominalRate) = (stream, width, height, rate);
        Description = $"{description}, {width}x{height} BGRA";
    }

    /// <summary>Reads from a file descriptor, such as a pipe; cancellation is seen within 100 ms even while nothing comes.</summary>
    /// <param name="handle">The descriptor; disposed with this source.</param>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Pixels, at least 1.</param>
    /// <param name="rate">Frames a second that the writer means to give; 0 where unknown.</param>
    /// <param name="description">What the descriptor is, for messages.</param>
    public RawFrameSource(SafeFileHandle handle, int width, int height, double rate = 0, string description = "raw frames")
        : this(new FileStream(handle, FileAccess.Read, bufferSize: 0), width, height, rate, description) => _handle = handle;

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public double NominalRate { get; }

    /// <inheritdoc/>
    public long? FrameCount => null;

    /// <inheritdoc/>
    public bool IsLive => false;

    /// <inheritdoc/>
    public FrameDrops Drops => default;

    /// <summary>Reads from standard input.</summary>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Pixels, at least 1.</param>
    /// <param name="rate">Frames a second that the writer means to give; 0 where unknown.</param>
    public static RawFrameSource FromStandardInput(int width, int height, double rate = 0) =>
        new(new SafeFileHandle(0, ownsHandle: false), width, height, rate, "raw frames of standard input");

    /// <inheritdoc/>
    public Frame? Take(CancellationToken cancellation)
    {
        Frame frame = _pool.Rent();
        frame.Reshape(_width, _height);
        int filled = 0;
        frame.Stamps = default;
        while (filled < frame.Bgra.Length)
        {
            if (!WaitReadable(cancellation))
            {
                // A frame that has begun is lost with the cancellation; nothing is read after it.
                _pool.Return(frame);
                return null;
            }
            if (filled == 0)
                frame.Stamps.FirstByte = FrameStamps.Now; // of a stream that can't be polled: the start of the read
            int read = Read(frame.Bgra.AsSpan(filled));
            if (read == 0)
                break;
            filled += read;
        }
        if (filled < frame.Bgra.Length)
        {
            _pool.Return(frame);
            return filled == 0 ? null : throw new EdgeSimException(
                $"The stream of {Description} ended inside frame {_next}: {filled} of {frame.Bgra.Length} bytes came.",
                "Check the size: every frame must have width x height x 4 bytes.");
        }
        frame.Id = _next++;
        frame.Stamps.LastByte = FrameStamps.Now;
        frame.Stamps.Taken = frame.Stamps.LastByte;
        return frame;
    }

    /// <inheritdoc/>
    public void Return(Frame frame) => _pool.Return(frame);

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private bool WaitReadable(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            if (_handle is null || StandardStreams.WaitReadable(_handle, milliseconds: 100))
                return true;
        }
        return false;
    }

    private int Read(Span<byte> target)
    {
        try
        {
            return _stream.Read(target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw new EdgeSimException($"The stream of {Description} can't be read: {error.Message.TrimEnd('.')}.", null,
                ExitCode.BadInput, error);
        }
    }
}
