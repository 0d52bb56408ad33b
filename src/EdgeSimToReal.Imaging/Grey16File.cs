using EdgeSimToReal.Core;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging;

/// <summary>Images of one 16-bit number a pixel: depth, instances.</summary>
public static class Grey16File
{
    /// <summary>Writes a 16-bit grey PNG, atomically.</summary>
    /// <param name="path">The file to create or replace (.png); its folder is created.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="values">[height, width].</param>
    /// <exception cref="EdgeSimException">The file can't be written.</exception>
    public static void Write(string path, int width, int height, ReadOnlySpan<ushort> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, checked(width * height));
        OpenCvRuntime.Require();
        using Mat image = new(height, width, MatType.CV_16UC1);
        unsafe
        {
            values.CopyTo(new Span<ushort>((void*)image.Data, values.Length));
        }
        byte[] bytes = ImageFile.Encode(".png", image);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Reads a 16-bit grey PNG.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Width, height, and the values, [Height, Width].</returns>
    /// <exception cref="EdgeSimException">The file is missing, damaged, or of another kind.</exception>
    public static (int Width, int Height, ushort[] Values) Read(string path)
    {
        using Mat image = ImageFile.Decode(path, ImageFile.ReadBytes(path, "16-bit image", out _), ImreadModes.Unchanged, "16-bit image");
        if (image.Type() != MatType.CV_16UC1)
            throw new EdgeSimException($"'{path}' is no 16-bit grey image.", "Depth and instances are stored so.");
        ushort[] values = new ushort[image.Width * image.Height];
        unsafe
        {
            new ReadOnlySpan<ushort>((void*)image.Data, values.Length).CopyTo(values);
        }
        return (image.Width, image.Height, values);
    }
}
