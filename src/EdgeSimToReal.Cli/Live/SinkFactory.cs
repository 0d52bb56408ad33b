using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging.Sinks;

namespace EdgeSimToReal.Cli.Live;

/// <summary>Opens the sink that a command line names.</summary>
public static class SinkFactory
{
    private static readonly string[] VideoExtensions = [".mp4", ".m4v", ".mov", ".avi", ".mkv"];

    /// <summary>Refuses what can't be a sink, before anything is loaded or spawned for it.</summary>
    /// <param name="name">The sink's name.</param>
    /// <param name="source">The source's name; a sink must not write over what is being read.</param>
    /// <exception cref="EdgeSimException">It is no sink, or the source.</exception>
    public static void CheckName(string name, string source)
    {
        if (name is "-" or "none")
            return;
        string extension = Path.GetExtension(name).ToLowerInvariant();
        bool isFolder = extension.Length == 0 || name.EndsWith('/') || Directory.Exists(name);
        if (name.Length == 0 || !(isFolder || VideoExtensions.Contains(extension)))
        {
            throw new EdgeSimException($"'{name}' is neither a known video format nor a folder.",
                $"Use {string.Join(", ", VideoExtensions)}, a folder (end it with /), - or none.", ExitCode.Usage);
        }
        if (Path.Exists(source) && FullPath(source) is var read && (FullPath(name) == read || FullPath(name) == Path.GetDirectoryName(read)
            || FullPath(name) == Path.Combine(read, "images")))
        {
            throw new EdgeSimException($"'{name}' is where the source is read from.", "Write elsewhere: the source would be lost.",
                ExitCode.Usage);
        }

        static string FullPath(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
    }

    /// <summary>Opens a sink.</summary>
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
        return labelled
            ? new LabelledFolderSink(name, source: source.Description, append: append)
            : new ImageFolderSink(name);
    }
}
