using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging.Sinks;

namespace EdgeSimToReal.Cli.Live;

/// <summary>Opens the sink that a command line names.</summary>
public static class SinkFactory
{
    private static readonly string[] VideoExtensions = [".mp4", ".m4v", ".mov", ".avi", ".mkv"];

    /// <param name="name">A video file, a folder, - for raw frames on standard output, or "none".</param>
    /// <param name="source">The source, for the rate and the manifest.</param>
    /// <param name="labelled">Whether a folder gets labels and a manifest.</param>
    /// <param name="sideBySide">Whether a video shows the simulator beside the translation.</param>
    /// <param name="rate">Frames a second of a video; 0: the source's.</param>
    /// <param name="append">Whether a labelled folder is continued.</param>
    public static IFrameSink Open(string name, IFrameSource source, bool labelled, bool sideBySide, double rate, bool append)
    {
        if (name == "-")
            return RawFrameSink.ToStandardOutput();
        if (name == "none")
            return new NullSink();
        string extension = Path.GetExtension(name).ToLowerInvariant();
        if (VideoExtensions.Contains(extension))
        {
            return new VideoSink(name, rate > 0 ? rate : source.NominalRate,
                sideBySide ? VideoLayout.SideBySide : VideoLayout.Translated);
        }
        if (extension.Length > 0 && !Directory.Exists(name) && !name.EndsWith('/'))
        {
            throw new EdgeSimException($"'{name}' is neither a known video format nor a folder.",
                $"Use {string.Join(", ", VideoExtensions)}, a folder (end it with /), - or none.", ExitCode.Usage);
        }
        return labelled
            ? new LabelledFolderSink(name, source: source.Description, append: append)
            : new ImageFolderSink(name);
    }
}
