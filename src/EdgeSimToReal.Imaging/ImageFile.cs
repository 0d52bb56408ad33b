using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging;

/// <summary>Reads photographs and frames from image files, and writes them.</summary>
/// <remarks>
/// PNG, JPEG, BMP and WebP are read: grey becomes B = G = R, 16 bits a sample become 8, alpha is dropped (a <see cref="Frame"/>'s alpha
/// carries no meaning; it is set to 255), and a photograph is turned the way its EXIF orientation says.
/// </remarks>
public static class ImageFile
{
    /// <summary>The largest picture that is read, in pixels: 134 million, more than any camera of today gives and 0.5 GB as BGRA.</summary>
    public const int MaxPixels = 1 << 27;

    /// <summary>The JPEG quality that is written unless told otherwise, 0..100.</summary>
    public const int DefaultQuality = 95;

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp", ".webp"];

    /// <summary>Whether a file's extension is one of an image that can be read.</summary>
    /// <param name="path">A file name.</param>
    public static bool HasImageExtension(string path) =>
        Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads an image file into a new frame.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The frame, without tags; its name is the file's without the extension.</returns>
    /// <exception cref="EdgeSimException">The file is missing, no image, truncated, or larger than <see cref="MaxPixels"/>.</exception>
    public static Frame Read(string path)
    {
        Frame frame = new(1, 1);
        Read(path, frame);
        return frame;
    }

    /// <summary>Reads an image file into a frame, which takes the image's size.</summary>
    /// <param name="path">The file.</param>
    /// <param name="frame">Gets the pixels and the name; its other identity is left alone.</param>
    /// <param name="withTags">Whether the frame gets room for tags, whose content is then undefined.</param>
    /// <exception cref="EdgeSimException">The file is missing, no image, truncated, or larger than <see cref="MaxPixels"/>.</exception>
    public static void Read(string path, Frame frame, bool withTags = false)
    {
        using Mat colour = Decode(path, ReadBytes(path, "image", out _), ImreadModes.Color, "image");
        frame.Reshape(colour.Width, colour.Height, withTags);
        using Mat target = frame.AsMat();
        Cv2.CvtColor(colour, target, ColorConversionCodes.BGR2BGRA);
        frame.Name = Path.GetFileNameWithoutExtension(path);
    }

    /// <summary>Writes a frame's colours, atomically; the extension (.png, .jpg, .jpeg) chooses the format.</summary>
    /// <param name="path">The file to create or replace; its folder is created.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="quality">JPEG quality, 0..100.</param>
    /// <exception cref="EdgeSimException">The extension is another, or the file can't be written.</exception>
    public static void Write(string path, Frame frame, int quality = DefaultQuality)
    {
        using Mat source = frame.AsMat();
        using Mat colour = new();
        Cv2.CvtColor(source, colour, ColorConversionCodes.BGRA2BGR);
        Write(path, colour, quality);
    }

    /// <summary>A frame's colours as the bytes of a PNG file.</summary>
    /// <param name="frame">The frame.</param>
    public static byte[] EncodePng(Frame frame)
    {
        using Mat source = frame.AsMat();
        using Mat colour = new();
        Cv2.CvtColor(source, colour, ColorConversionCodes.BGRA2BGR);
        return Encode(".png", colour);
    }

    internal static void Write(string path, Mat image, int quality = DefaultQuality)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        byte[] bytes = extension switch
        {
            ".png" => Encode(".png", image),
            ".jpg" or ".jpeg" => Encode(".jpg", image, (int)ImwriteFlags.JpegQuality, quality),
            _ => throw new EdgeSimException($"'{path}' has the extension '{extension}', which images are not written in.",
                "Use .png or .jpg.", ExitCode.Output),
        };
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    internal static byte[] Encode(string extension, Mat image, params int[] options)
    {
        OpenCvRuntime.Require();
        Cv2.ImEncode(extension, image, out byte[] bytes, options);
        return bytes;
    }

    /// <summary>Reads a file's bytes and checks its header.</summary>
    internal static byte[] ReadBytes(string path, string what, out ImageHeader header)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new EdgeSimException($"There is no {what} '{path}'.", "Give the path of an image file.", ExitCode.BadInput, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string reason = Directory.Exists(path) ? "it is a folder" : error.Message.TrimEnd('.');
            throw new EdgeSimException($"Can't read the {what} '{path}': {reason}.", null, ExitCode.BadInput, error);
        }
        header = ImageHeader.Parse(bytes)
            ?? throw new EdgeSimException($"'{path}' is not an image.", "PNG, JPEG, BMP and WebP are read.");
        if (header.Width > MaxPixels || header.Height > MaxPixels || header.Width * header.Height > MaxPixels)
        {
            throw new EdgeSimException($"The {what} '{path}' claims {header.Width}x{header.Height} pixels; at most {MaxPixels} are read.",
                "Make it smaller first.");
        }
        if (!header.IsWhole || header.Width < 1 || header.Height < 1)
            throw Damaged(path, what, header.Format);
        return bytes;
    }

    /// <summary>Decodes bytes that <see cref="ReadBytes"/> has passed.</summary>
    internal static Mat Decode(string path, byte[] bytes, ImreadModes mode, string what)
    {
        OpenCvRuntime.Require();
        Mat? image = null;
        try
        {
            image = Cv2.ImDecode(bytes, mode);
            if (!image.Empty())
                return image;
        }
        catch (OpenCVException error)
        {
            image?.Dispose();
            throw Damaged(path, what, "image", error);
        }
        image.Dispose();
        throw Damaged(path, what, "image");
    }

    private static EdgeSimException Damaged(string path, string what, string format, Exception? cause = null) =>
        new($"The {what} '{path}' is damaged: its {format} data is truncated or corrupt.", "Copy or export it again.",
            ExitCode.BadInput, cause);
}
