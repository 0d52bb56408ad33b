using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Imaging.Tests;

/// <summary>Frames whose content follows from a seed.</summary>
internal static class TestFrames
{
    /// <summary>Uniform noise, alpha 255.</summary>
    public static Frame Noise(int width, int height, int seed, LabelSpace? tags = null)
    {
        Frame frame = new(width, height, tags is not null);
        Random random = new(seed);
        random.NextBytes(frame.Bgra);
        for (int i = 3; i < frame.Bgra.Length; i += 4)
            frame.Bgra[i] = 255;
        for (int i = 0; i < frame.Tags.Length; i++)
            frame.Tags[i] = (byte)random.Next(tags!.Count);
        frame.TagSpace = tags;
        return frame;
    }

    /// <summary>One colour.</summary>
    public static Frame Flat(int width, int height, byte b, byte g, byte r)
    {
        Frame frame = new(width, height);
        Fill(frame, b, g, r);
        return frame;
    }

    public static void Fill(Frame frame, byte b, byte g, byte r)
    {
        for (int i = 0; i < frame.Bgra.Length; i += 4)
            (frame.Bgra[i], frame.Bgra[i + 1], frame.Bgra[i + 2], frame.Bgra[i + 3]) = (b, g, r, 255);
    }

    /// <summary>Mean of B, G and R over some columns.</summary>
    public static (double B, double G, double R) Mean(Frame frame, int fromColumn, int toColumn)
    {
        double[] sums = new double[3];
        for (int y = 0; y < frame.Height; y++)
        {
            for (int x = fromColumn; x < toColumn; x++)
            {
                for (int c = 0; c < 3; c++)
                    sums[c] += frame.Bgra[(((y * frame.Width) + x) * 4) + c];
            }
        }
        double count = frame.Height * (double)(toColumn - fromColumn);
        return (sums[0] / count, sums[1] / count, sums[2] / count);
    }

    /// <summary>The colours without alpha.</summary>
    public static byte[] Colours(Frame frame) => [.. frame.Bgra.Where((_, i) => i % 4 != 3)];
}
