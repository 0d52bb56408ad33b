using System.Globalization;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging.Sources;

/// <summary>The frames of a video file: any container and codec that OpenCV's FFmpeg decodes.</summary>
/// <remarks>Not live: every frame is given, as fast as the consumer takes them. A frame's time is its place in the video.</remarks>
public sealed class VideoSource : IFrameSource
{
    private readonly FramePool _pool = new();
    private readonly VideoCapture _capture;
    private readonly Mat _picture = new();
    private ulong _next;

    /// <summary>Opens a video.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="EdgeSimException">The file is missing, or no video that has a frame.</exception>
    public VideoSource(string path)
    {
        OpenCvRuntime.Require();
        if (!File.Exists(path))
        {
            throw new EdgeSimException(
                Directory.Exists(path) ? $"The video '{path}' is a folder." : $"There is no video '{path}'.", "Give a video file.");
        }
        // The full path begins with '/', so FFmpeg can't take the name for a protocol.
        _capture = new VideoCapture(Path.GetFullPath(path), VideoCaptureAPIs.FFMPEG);
        try
        {
            // The first frame is decoded now, so that what is no video is found before any output begins.
            if (!_capture.IsOpened() || !_capture.Read(_picture) || _picture.Empty())
            {
                string size = new FileInfo(path).Length == 0 ? "it is an empty file" : "no frame can be decoded from it";
                throw new EdgeSimException($"'{path}' is not a video: {size}.", "Check it in a video player, or make it again.");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        double rate = _capture.Fps, count = _capture.Get(VideoCaptureProperties.FrameCount);
        NominalRate = double.IsFinite(rate) && rate > 0 ? rate : 0;
        FrameCount = count >= 1 ? (long)count : null;
        Description = string.Create(CultureInfo.InvariantCulture,
            $"video '{path}', {_picture.Width}x{_picture.Height}, {NominalRate:0.###} frames a second");
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public double NominalRate { get; }

    /// <inheritdoc/>
    public long? FrameCount { get; }

    /// <inheritdoc/>
    public bool IsLive => false;

    /// <inheritdoc/>
    public FrameDrops Drops => default;

    /// <inheritdoc/>
    public Frame? Take(CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return null;
        long begin = FrameStamps.Now;
        if (_next > 0 && (!_capture.Read(_picture) || _picture.Empty()))
            return null;
        Frame frame = _pool.Rent();
        frame.Reshape(_picture.Width, _picture.Height);
        PixelRows.BgrToBgra(_picture, frame.Bgra);
        frame.Id = _next++;
        frame.SimulatedTime = NominalRate > 0 ? frame.Id / NominalRate : double.NaN;
        long end = FrameStamps.Now;
        frame.Stamps = new FrameStamps { FirstByte = begin, LastByte = end, Taken = end };
        return frame;
    }

    /// <inheritdoc/>
    public void Return(Frame frame) => _pool.Return(frame);

    /// <inheritdoc/>
    public void Dispose()
    {
        _capture.Dispose();
        _picture.Dispose();
    }
}
