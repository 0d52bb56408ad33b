using System.Globalization;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging.Sinks;

/// <summary>Writes a video: the translation alone, or simulator and translation side by side.</summary>
/// <remarks>
/// <para>The extension chooses container and codec, out of what the packaged OpenCV can encode: .mp4, .m4v and .mov MPEG-4 part 2,
/// .avi Motion JPEG, .mkv FFV1 (lossless). An odd width or height is made even by repeating the last column or row, as these codecs
/// and their readers want it.</para>
/// <para>OpenCV reports no write error. So the free space is looked at before each frame (one statfs call, no allocation), with a
/// reserve for what the container still has to write: when it runs out, the video is closed in order and keeps its frames. After
/// closing, the file is opened again and its frames are counted. It has the name "x.part.mp4" until all that is done.</para>
/// <para>MPEG-4 part 2 counts time in at most 65,535 parts of a second, and OpenCV gives it a rate as a decimal fraction: a measured
/// rate of 66.5288 would need 66,529 parts. So a rate keeps as many of three decimals as fit.</para>
/// </remarks>
public sealed class VideoSink : IFrameSink
{
    /// <summary>The rate of a video whose source has none, in frames a second.</summary>
    public const double DefaultRate = 30;

    private readonly string _path;
    private readonly string _partPath;
    private readonly FourCC _codec;
    private readonly double _rate;
    private readonly VideoLayout _layout;
    private readonly DriveInfo _drive;
    private readonly Mat _canvas = new();
    private VideoWriter? _writer;
    private InputArray? _canvasInput; // made once: a conversion from Mat on each call would allocate
    private int _width;
    private int _height;
    private bool _ended;

    /// <summary>Prepares the video; the file appears with the first frame, which sets its size.</summary>
    /// <param name="path">The file to create or replace; its folder is created.</param>
    /// <param name="rate">Frames a second; 0 for <see cref="DefaultRate"/>.</param>
    /// <param name="layout">What the video shows.</param>
    /// <exception cref="EdgeSimException">The extension is no known container's, or the folder can't be written.</exception>
    public VideoSink(string path, double rate = 0, VideoLayout layout = VideoLayout.Translated)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        _codec = extension switch
        {
            ".mp4" or ".m4v" or ".mov" => FourCC.FromString("mp4v"),
            ".avi" => FourCC.FromString("MJPG"),
            ".mkv" => FourCC.FromString("FFV1"),
            _ => throw new EdgeSimException($"'{path}' has the extension '{extension}', which videos are not written in.",
                "Use .mp4, .m4v, .mov, .avi, or .mkv (lossless).", ExitCode.Usage),
        };
        if (double.IsNaN(rate) || rate is < 0 or > 1000)
            throw new EdgeSimException($"A video can't have {rate} frames a second.", "Choose 1 to 1000.", ExitCode.Usage);
        OpenCvRuntime.Require();
        _path = Path.GetFullPath(path);
        _partPath = Path.ChangeExtension(_path, ".part" + extension);
        _rate = rate == 0 ? DefaultRate : Writable(rate);
        _layout = layout;
        if (Directory.Exists(_path))
            throw new EdgeSimException($"The video can't be written: '{path}' is a folder.", "Name a file in it.", ExitCode.Output);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            // Finds out now, not after the first frame, whether files can be made there.
            File.Create(_partPath).Dispose();
            File.Delete(_partPath);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't write the video '{path}': {error.Message.TrimEnd('.')}.",
                "Check the free space and the permissions of its folder.", ExitCode.Output, error);
        }
        _drive = new DriveInfo(Path.GetDirectoryName(_path)!);
    }

    /// <summary>Frames written.</summary>
    public long FramesWritten { get; private set; }

    /// <inheritdoc/>
    public void Write(Frame source, Frame translated)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        if (_writer is null)
            Open(translated.Width, translated.Height);
        CheckSize(translated);
        int column = 0;
        if (_layout == VideoLayout.SideBySide)
        {
            CheckSize(source);
            PixelRows.BgraToBgr(source.Bgra, _width, _canvas, 0);
            column = _width;
        }
        PixelRows.BgraToBgr(translated.Bgra, _width, _canvas, column);
        RepeatLastPixels(column + _width);
        if (FreeBytes() < Reserve())
        {
            long kept = FramesWritten;
            Finish();
            throw new EdgeSimException($"The disk of '{_path}' is full; "
                + (kept == 0 ? "no video was written." : $"the video ends after {kept} frames."),
                "Free some space or choose another disk.", ExitCode.Output);
        }
        _writer!.Write(_canvasInput!);
        FramesWritten++;
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (_ended)
            return;
        if (FramesWritten == 0)
        {
            Finish();
            throw new EdgeSimException($"The video '{_path}' was not written: no frame came.", null, ExitCode.Output);
        }
        Finish();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_ended)
        {
            try
            {
                Finish();
            }
            catch (EdgeSimException)
            {
                // Disposing without completing follows an error or an interruption, which is the one worth reporting.
            }
        }
        _canvasInput?.Dispose();
        _canvas.Dispose();
    }

    private static double Writable(double rate)
    {
        const double mostParts = 65535;
        int decimals = 3;
        for (double parts = 1000; decimals > 0 && rate * parts > mostParts; parts /= 10)
            decimals--;
        return Math.Max(Math.Round(rate, decimals), 0.001);
    }

    private void Open(int width, int height)
    {
        (_width, _height) = (width, height);
        int columns = _layout == VideoLayout.SideBySide ? 2 * width : width;
        Size size = new(columns + (columns & 1), height + (height & 1));
        _canvas.Create(size, MatType.CV_8UC3);
        _canvasInput = InputArray.Create(_canvas);
        _writer = new VideoWriter(_partPath, VideoCaptureAPIs.FFMPEG, _codec, _rate, size);
        if (_writer.IsOpened())
            return;
        Finish();
        throw new EdgeSimException(
            string.Create(CultureInfo.InvariantCulture,
                $"OpenCV can't write a video '{_path}' of {size.Width}x{size.Height} pixels at {_rate} frames a second."),
            "Try another extension (.mp4, .avi, .mkv) or size.", ExitCode.Output);
    }

    private void CheckSize(Frame frame)
    {
        if (frame.Width != _width || frame.Height != _height)
        {
            throw new EdgeSimException($"A video has one frame size: it began with {_width}x{_height}, "
                + $"and frame {frame.Id} has {frame.Width}x{frame.Height}.", "Write a folder of images instead.");
        }
    }

    private void RepeatLastPixels(int columns)
    {
        if ((columns & 1) != 0)
        {
            for (int y = 0; y < _height; y++)
            {
                Span<byte> row = PixelRows.Row(_canvas, y);
                row.Slice(3 * (columns - 1), 3).CopyTo(row[(3 * columns)..]);
            }
        }
        if ((_height & 1) != 0)
            PixelRows.Row(_canvas, _height - 1).CopyTo(PixelRows.Row(_canvas, _height));
    }

    /// <summary>What must be free before a frame: twice FFmpeg's output buffer of 256 KiB, a frame, and the container's index.</summary>
    private long Reserve() => (512 << 10) + (3L * _canvas.Cols * _canvas.Rows) + (64 * FramesWritten);

    private long FreeBytes()
    {
        try
        {
            return _drive.AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return long.MaxValue; // not to be known here; the count after closing still tells
        }
    }

    /// <summary>Closes the video, counts its frames, and gives it its name; without frames, removes it.</summary>
    private void Finish()
    {
        _ended = true;
        _writer?.Dispose();
        try
        {
            if (FramesWritten == 0)
            {
                File.Delete(_partPath);
                return;
            }
            long readable = CountReadable();
            if (readable != FramesWritten)
            {
                File.Delete(_partPath);
                throw new EdgeSimException(
                    $"The video '{_path}' could not be written: {readable} of {FramesWritten} frames can be read back.",
                    "Its disk is probably full; free some space or choose another.", ExitCode.Output);
            }
            File.Move(_partPath, _path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't finish the video '{_path}': {error.Message.TrimEnd('.')}.",
                $"Its frames are in '{_partPath}'.", ExitCode.Output, error);
        }
    }

    /// <summary>How many frames the closed file holds by its index; 0 when it can't be opened or its last frame can't be decoded.</summary>
    private long CountReadable()
    {
        using VideoCapture capture = new(_partPath, VideoCaptureAPIs.FFMPEG);
        if (!capture.IsOpened())
            return 0;
        long count = (long)capture.Get(VideoCaptureProperties.FrameCount);
        capture.Set(VideoCaptureProperties.PosFrames, count - 1);
        using Mat last = new();
        return capture.Read(last) && !last.Empty() ? count : 0;
    }
}
