using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Imaging.Sinks;

/// <summary>Writes each translated frame as an image file, named as its source or by its frame number; each file atomically.</summary>
/// <remarks>Files of the same names are replaced; within a run no name is used twice (a second "a" becomes "a_2").</remarks>
public sealed class ImageFolderSink : IFrameSink
{
    private readonly FileNames _names = new();
    private readonly string _folder;
    private readonly string _extension;
    private readonly int _quality;

    /// <summary>Opens the folder, creating it where it is missing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="extension">".png" (lossless) or ".jpg".</param>
    /// <param name="quality">JPEG quality, 0..100.</param>
    /// <exception cref="EdgeSimException">The folder can't be made, or the extension is another.</exception>
    public ImageFolderSink(string folder, string extension = ".png", int quality = ImageFile.DefaultQuality)
    {
        if (extension is not (".png" or ".jpg"))
        {
            throw new EdgeSimException($"Images are not written in the format '{extension}'.", "Use .png or .jpg.", ExitCode.Usage);
        }
        CreateFolder(folder);
        (_folder, _extension, _quality) = (folder, extension, quality);
    }

    /// <summary>Images written.</summary>
    public long FramesWritten { get; private set; }

    /// <inheritdoc/>
    public void Write(Frame source, Frame translated)
    {
        ImageFile.Write(Path.Combine(_folder, _names.Next(source) + _extension), translated, _quality);
        FramesWritten++;
    }

    /// <inheritdoc/>
    public void Complete()
    {
        // Every file is complete already.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Every file is complete already.
    }

    internal static void CreateFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't make the folder '{folder}': {error.Message.TrimEnd('.')}.",
                "Choose another, or check its permissions.", ExitCode.Output, error);
        }
    }
}
