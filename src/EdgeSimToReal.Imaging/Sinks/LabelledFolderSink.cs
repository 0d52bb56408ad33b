using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Imaging.Sinks;

/// <summary>Writes a data set: "images", "labels" (unchanged ids) and a manifest line for each frame.</summary>
/// <remarks>
/// The manifest gets a frame's line after its files are complete, so whatever interrupts the run, every line names whole files.
/// A later run can go on in the same folder.
/// </remarks>
public sealed class LabelledFolderSink : IFrameSink
{
    /// <summary>The folder of images below the data set's.</summary>
    public const string Images = "images";

    /// <summary>The folder of label images, likewise.</summary>
    public const string Labels = "labels";

    private readonly FileNames _names = new();
    private readonly string _folder;
    private readonly string _extension;
    private readonly int _quality;
    private readonly string? _sourceName;
    private readonly FileStream _manifest;

    /// <summary>Opens the folder, creating it where it is missing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="extension">The images' format: ".png" (lossless) or ".jpg".</param>
    /// <param name="quality">JPEG quality, 0..100.</param>
    /// <param name="source">Where the frames come from, for the manifest.</param>
    /// <param name="append">Go on in a folder that holds a data set already; otherwise that is an error.</param>
    /// <exception cref="EdgeSimException">The folder can't be used.</exception>
    public LabelledFolderSink(string folder, string extension = ".png", int quality = ImageFile.DefaultQuality,
        string? source = null, bool append = false)
    {
        if (extension is not (".png" or ".jpg"))
            throw new EdgeSimException($"Images are not written in the format '{extension}'.", "Use .png or .jpg.", ExitCode.Usage);
        ImageFolderSink.CreateFolder(folder);
        (_folder, _extension, _quality, _sourceName) = (folder, extension, quality, source);
        string path = Path.Combine(folder, LabelManifest.FileName);
        if (File.Exists(path))
        {
            if (!append)
            {
                throw new EdgeSimException($"'{folder}' holds a data set already.", "Choose another folder, or go on in it by appending.",
                    ExitCode.Output);
            }
            foreach (LabelManifestEntry entry in LabelManifest.Read(path))
                _names.Reserve(Path.GetFileNameWithoutExtension(entry.Image));
        }
        try
        {
            _manifest = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            _manifest.SetLength(EndOfLastLine(_manifest));
            _manifest.Seek(0, SeekOrigin.End);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _manifest?.Dispose();
            throw Failed(error);
        }
    }

    /// <summary>Frames written.</summary>
    public long FramesWritten { get; private set; }

    /// <summary>Writes the image, the label image where the source frame has tags, and the manifest line.</summary>
    /// <inheritdoc cref="IFrameSink.Write"/>
    public void Write(Frame source, Frame translated) => Append(Store(_names.Next(source), source, translated));

    /// <summary>Writes the image, and the label image where the source frame has tags, without a manifest line. From any thread.</summary>
    /// <param name="name">The files' name without extension; no other frame may have it.</param>
    /// <param name="source">The frame with the tags.</param>
    /// <param name="image">The picture; may be the source itself.</param>
    /// <returns>The entry for <see cref="Append"/>, to which more may be added.</returns>
    /// <exception cref="EdgeSimException">A file can't be written.</exception>
    public LabelManifestEntry Store(string name, Frame source, Frame image)
    {
        string path = $"{Images}/{name}{_extension}";
        ImageFile.Write(Path.Combine(_folder, path), image, _quality);
        string? label = null;
        if (source.HasTags)
        {
            label = $"{Labels}/{name}.png";
            LabelFile.Write(Path.Combine(_folder, label), source.Width, source.Height, source.Tags);
        }
        return new LabelManifestEntry(path, label, source.Id,
            double.IsFinite(source.SimulatedTime) ? source.SimulatedTime : null,
            source.SensorPose == default ? null : source.SensorPose, // sources without a pose leave it at 0
            label is null ? null : source.TagSpace?.Name, _sourceName);
    }

    /// <summary>Writes a manifest line, whose files must be complete.</summary>
    /// <param name="entry">The line.</param>
    /// <exception cref="EdgeSimException">It can't be written; the manifest then ends with the line before.</exception>
    public void Append(LabelManifestEntry entry)
    {
        long end = _manifest.Position;
        try
        {
            _manifest.Write(LabelManifest.ToLine(entry));
        }
        catch (IOException error)
        {
            _manifest.SetLength(end); // a full disk may have taken a part of the line
            throw Failed(error);
        }
        FramesWritten++;
    }

    /// <inheritdoc/>
    public void Complete()
    {
        try
        {
            _manifest.Flush(flushToDisk: true);
        }
        catch (IOException error)
        {
            throw Failed(error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _manifest.Dispose();

    /// <summary>Where the last whole line ends: a run that was killed may have left a torn one after it.</summary>
    private static long EndOfLastLine(FileStream file)
    {
        for (long at = file.Length; at > 0; at--)
        {
            file.Position = at - 1;
            if (file.ReadByte() == '\n')
                return at;
        }
        return 0;
    }

    private EdgeSimException Failed(Exception error) =>
        new($"Can't write the manifest of '{_folder}': {error.Message.TrimEnd('.')}.",
            "Check the free space and the permissions of that folder.", ExitCode.Output, error);
}
