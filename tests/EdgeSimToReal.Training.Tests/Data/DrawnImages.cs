using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Training.Data;

namespace EdgeSimToReal.Training.Tests.Data;

/// <summary>Labelled folders whose pictures tell what their labels must be.</summary>
internal static class DrawnImages
{
    /// <summary>Red holds 20 times the label (0 … 9), green the column, blue the row; every pixel's label is random.</summary>
    public static ImageSet Coded(TemporaryFolder folder, string name, int count, int width, int height, double weight = 1)
    {
        Random random = new(name.Length + count);
        for (int i = 0; i < count; i++)
        {
            Frame frame = new(width, height);
            byte[] labels = new byte[width * height];
            for (int p = 0; p < labels.Length; p++)
            {
                labels[p] = (byte)random.Next(LabelSpaces.Shared10.Count);
                Paint(frame, p, 20 * labels[p], p % width, p / width);
            }
            Write(folder, name, $"{i}", frame, labels);
        }
        return ImageSet.Open(new() { Path = folder[name], Space = "shared10", Weight = weight });
    }

    /// <summary>Street-like pictures: sky above road, with a vehicle and a tree at random places, each class of its colour and noise.</summary>
    public static ImageSetOptions Streets(TemporaryFolder folder, string name, int count, int width, int height)
    {
        Random random = new(name.Length);
        (int R, int G, int B)[] colours = new (int, int, int)[LabelSpaces.Shared10.Count];
        (colours[0], colours[7], colours[6], colours[9]) = ((90, 90, 90), (120, 170, 230), (40, 110, 40), (180, 30, 30));
        for (int i = 0; i < count; i++)
        {
            Frame frame = new(width, height);
            byte[] labels = new byte[width * height];
            int horizon = random.Next(height / 3, height / 2), vehicle = random.Next(width * 3 / 4), tree = random.Next(width * 3 / 4);
            for (int p = 0; p < labels.Length; p++)
            {
                (int x, int y) = (p % width, p / width);
                labels[p] = y >= horizon && x >= vehicle && x < vehicle + (width / 4) && y < horizon + (height / 3) ? (byte)9
                    : x >= tree && x < tree + (width / 4) && y >= horizon / 3 && y < horizon ? (byte)6
                    : y < horizon ? (byte)7 : (byte)0;
                (int r, int g, int b) = colours[labels[p]];
                int noise = random.Next(-20, 21);
                Paint(frame, p, r + noise, g + noise, b + noise);
            }
            Write(folder, name, $"{i}", frame, labels);
        }
        return new() { Path = folder[name], Space = "shared10", Licence = "drawn for tests" };
    }

    public static void Write(TemporaryFolder folder, string set, string name, Frame frame, byte[]? labels)
    {
        ImageFile.Write(Path.Combine(folder[set], "images", $"{name}.png"), frame);
        if (labels is not null)
            LabelFile.Write(Path.Combine(folder[set], "labels", $"{name}.png"), frame.Width, frame.Height, labels);
    }

    private static void Paint(Frame frame, int pixel, int red, int green, int blue)
    {
        Span<byte> bgra = frame.Bgra.AsSpan(4 * pixel, 4);
        (bgra[0], bgra[1], bgra[2], bgra[3]) =
            ((byte)Math.Clamp(blue, 0, 255), (byte)Math.Clamp(green, 0, 255), (byte)Math.Clamp(red, 0, 255), 255);
    }
}
