using System.Runtime.InteropServices;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging;

/// <summary>Reads and writes label images: one id a pixel, 8-bit grey PNG.</summary>
/// <remarks>CARLA's own form is read too: a colour PNG whose red channel holds the tag and whose green and blue are 0.</remarks>
public static class LabelFile
{
    /// <summary>Reads a label image.</summary>
    /// <param name="path">The PNG file.</param>
    /// <returns>Width, height, and the ids, [Height, Width].</returns>
    /// <exception cref="EdgeSimException">The file is missing, damaged, or holds no ids (a palette, colours, 16 bits).</exception>
    public static (int Width, int Height, byte[] Ids) Read(string path)
    {
        using Mat ids = ReadMat(path);
        byte[] result = new byte[ids.Width * ids.Height];
        Marshal.Copy(ids.Data, result, 0, result.Length);
        return (ids.Width, ids.Height, result);
    }

    /// <summary>Reads a picture whose colours are a label space's, as some data sets publish their labels.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="space">The label space. Where two classes share a colour, the first is meant.</param>
    /// <param name="unknown">The colours 0xRRGGBB that no class has, with their numbers of pixels; those pixels are ignored.</param>
    /// <returns>Width, height, and the ids, [Height, Width].</returns>
    /// <exception cref="EdgeSimException">The file is missing or damaged.</exception>
    public static (int Width, int Height, byte[] Ids) ReadColours(string path, LabelSpace space, out IReadOnlyDictionary<int, long> unknown)
    {
        Dictionary<int, byte> classes = [];
        foreach (LabelClass c in space.Classes)
            classes.TryAdd((c.R << 16) | (c.G << 8) | c.B, c.Id);
        Frame picture = ImageFile.Read(path);
        byte[] ids = new byte[picture.PixelCount];
        Dictionary<int, long> strangers = [];
        (int lastColour, byte lastId) = (-1, 0); // neighbours mostly have one colour
        for (int i = 0; i < ids.Length; i++)
        {
            int colour = (picture.Bgra[(4 * i) + 2] << 16) | (picture.Bgra[(4 * i) + 1] << 8) | picture.Bgra[4 * i];
            if (colour != lastColour && !classes.TryGetValue(colour, out lastId))
            {
                lastId = LabelSpace.Ignore;
                strangers[colour] = strangers.GetValueOrDefault(colour) + 1;
                colour = -1; // so that each pixel of it is counted
            }
            lastColour = colour;
            ids[i] = lastId;
        }
        unknown = strangers;
        return (picture.Width, picture.Height, ids);
    }

    /// <summary>Reads a label image into the tags of a frame whose image is there already.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="frame">A frame with tags.</param>
    /// <exception cref="EdgeSimException">As <see cref="Read(string)"/>, or the size differs from the frame's.</exception>
    public static void Read(string path, Frame frame)
    {
        using Mat ids = ReadMat(path);
        if (ids.Width != frame.Width || ids.Height != frame.Height)
        {
            throw new EdgeSimException($"The label image '{path}' has {ids.Width}x{ids.Height} pixels, "
                + $"its frame '{frame.Name}' {frame.Width}x{frame.Height}.", "Label and image must have one size.");
        }
        Marshal.Copy(ids.Data, frame.Tags, 0, frame.Tags.Length);
    }

    /// <summary>Writes a label image as 8-bit grey PNG, atomically.</summary>
    /// <param name="path">The file to create or replace (.png); its folder is created.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="ids">The ids, [height, width].</param>
    /// <exception cref="EdgeSimException">The file can't be written.</exception>
    public static void Write(string path, int width, int height, ReadOnlySpan<byte> ids)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(ids.Length, checked(width * height));
        OpenCvRuntime.Require();
        using Mat image = new(height, width, MatType.CV_8UC1);
        unsafe
        {
            ids.CopyTo(new Span<byte>((void*)image.Data, ids.Length));
        }
        byte[] bytes = ImageFile.Encode(".png", image);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Ids as one channel without row padding.</summary>
    private static Mat ReadMat(string path)
    {
        byte[] bytes = ImageFile.ReadBytes(path, "label image", out ImageHeader header);
        if (header.Format != "PNG")
            throw NoIds(path, $"it is a {header.Format} file");
        // OpenCV would turn a palette into colours and spread fewer bits over 0..255: the ids would be lost without a word.
        if (header.Png.ColourType == 3)
            throw NoIds(path, "it is a palette PNG");
        if (header.Png.Depth != 8)
            throw NoIds(path, $"it has {header.Png.Depth} bits a sample");
        Mat image = ImageFile.Decode(path, bytes, ImreadModes.Unchanged, "label image");
        if (image.Channels() == 1)
            return image;
        try
        {
            return RedChannel(path, image);
        }
        finally
        {
            image.Dispose();
        }
    }

    private static Mat RedChannel(string path, Mat image)
    {
        if (image.Channels() < 3)
            throw NoIds(path, "it is grey with alpha");
        Mat[] channels = Cv2.Split(image);
        try
        {
            if (Cv2.CountNonZero(channels[0]) + Cv2.CountNonZero(channels[1]) > 0)
                throw NoIds(path, "it is a colour picture");
            return channels[2].Clone();
        }
        finally
        {
            foreach (Mat channel in channels)
                channel.Dispose();
        }
    }

    private static EdgeSimException NoIds(string path, string reason) => new($"The label image '{path}' holds no label ids: {reason}.",
        "Save the ids as an 8-bit grey PNG (or the tags in the red channel, green and blue 0, as CARLA does).");
}
