using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging.Tests.Preparation;

/// <summary>Draws small data sets in the layouts of the published ones: left half one class, right half another.</summary>
internal static class PublishedSets
{
    public const int Width = 48;
    public const int Height = 24;

    /// <summary>A picture whose halves are dark and bright.</summary>
    public static void Image(string path, int seed = 0, int width = Width, int height = Height)
    {
        Frame frame = TestFrames.Noise(width, height, seed);
        for (int y = 0; y < height; y++)
            frame.Bgra.AsSpan(y * 4 * width, 2 * width).Fill(10);
        ImageFile.Write(path, frame);
    }

    /// <summary>Ids: the left half one class, the right half another.</summary>
    public static void Label(string path, byte left, byte right, int width = Width, int height = Height) =>
        LabelFile.Write(path, width, height, Halves(left, right, width, height));

    /// <summary>The same as CARLA writes it: tags in the red channel of a colour picture.</summary>
    public static void RedLabel(string path, byte left, byte right) => Colours(path, id => (id, 0, 0), left, right);

    /// <summary>The same as a picture in the colours of a space.</summary>
    public static void ColourLabel(string path, LabelSpace space, byte left, byte right) =>
        Colours(path, id => space.Find(id) is { } c ? (c.R, c.G, c.B) : ((byte)1, (byte)2, (byte)3), left, right);

    public static byte[] Halves(byte left, byte right, int width, int height) =>
        [.. Enumerable.Range(0, width * height).Select(i => i % width < width / 2 ? left : right)];

    private static void Colours(string path, Func<byte, (byte R, byte G, byte B)> colourOf, byte left, byte right)
    {
        using Mat image = new(Height, Width, MatType.CV_8UC3);
        for (int i = 0; i < Width * Height; i++)
        {
            (byte r, byte g, byte b) = colourOf(i % Width < Width / 2 ? left : right);
            image.Set(i / Width, i % Width, new Vec3b(b, g, r));
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Cv2.ImWrite(path, image);
    }
}
