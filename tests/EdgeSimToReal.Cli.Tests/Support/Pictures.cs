using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Imaging.Sources;

namespace EdgeSimToReal.Cli.Tests.Support;

/// <summary>Pictures made from a seed, and what files hold.</summary>
internal static class Pictures
{
    /// <summary>Uniform noise, alpha 255.</summary>
    public static Frame Noise(int width, int height, int seed)
    {
        Frame frame = new(width, height);
        new Random(seed).NextBytes(frame.Bgra);
        for (int i = 3; i < frame.Bgra.Length; i += 4)
            frame.Bgra[i] = 255;
        return frame;
    }

    /// <summary>A folder with images "0.png", "1.png", …</summary>
    public static string[] WriteFolder(string folder, int count, int width = TinyModel.Side, int height = TinyModel.Side)
    {
        string[] paths = [.. Enumerable.Range(0, count).Select(i => Path.Combine(folder, $"{i}.png"))];
        for (int i = 0; i < count; i++)
            ImageFile.Write(paths[i], Noise(width, height, i));
        return paths;
    }

    /// <summary>A labelled folder as other tools make them: images and labels of equal names, no manifest.</summary>
    public static void WriteLabelled(string folder, int count, LabelSpace space)
    {
        WriteFolder(Path.Combine(folder, "images"), count);
        for (int i = 0; i < count; i++)
        {
            byte[] ids = new byte[TinyModel.Side * TinyModel.Side];
            Random random = new(i);
            for (int k = 0; k < ids.Length; k++)
                ids[k] = (byte)random.Next(space.Count);
            LabelFile.Write(Path.Combine(folder, "labels", $"{i}.png"), TinyModel.Side, TinyModel.Side, ids);
        }
    }

    /// <summary>All frames of a video as width, height and count, each one decoded.</summary>
    public static (int Width, int Height, int Count) Video(string path)
    {
        using VideoSource source = new(path);
        (int width, int height, int count) = (0, 0, 0);
        while (source.Take(CancellationToken.None) is { } frame)
        {
            (width, height, count) = (frame.Width, frame.Height, count + 1);
            source.Return(frame);
        }
        return (width, height, count);
    }
}
