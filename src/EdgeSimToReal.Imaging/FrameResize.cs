using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Imaging;

/// <summary>Changes the size of frames off line: colours by Lanczos-3, labels by the nearest pixel.</summary>
/// <remarks>
/// The target's size is what is asked for; it gets the source's identity, and tags where the source has them. Allocates; a live
/// pipeline resizes in its preprocessing instead.
/// </remarks>
public static class FrameResize
{
    /// <summary>Stretches the whole source over the whole target.</summary>
    /// <param name="source">Any size.</param>
    /// <param name="target">Keeps its size.</param>
    public static void Stretch(Frame source, Frame target) =>
        Map(source, new PixelArea(0, 0, source.Width, source.Height), target, new PixelArea(0, 0, target.Width, target.Height));

    /// <summary>Fills the target with the largest centred part of the source that has the target's aspect; nothing is distorted.</summary>
    /// <param name="source">Any size.</param>
    /// <param name="target">Keeps its size.</param>
    /// <returns>The part of the source that is seen.</returns>
    public static PixelArea CentreCrop(Frame source, Frame target)
    {
        PixelArea part = Inscribe(target.Width, target.Height, source.Width, source.Height);
        Map(source, part, target, new PixelArea(0, 0, target.Width, target.Height));
        return part;
    }

    /// <summary>Shows the whole source in the middle of the target with bars around it; nothing is distorted.</summary>
    /// <param name="source">Any size.</param>
    /// <param name="target">Keeps its size. Bars are black, their tags <see cref="LabelSpace.Ignore"/>.</param>
    /// <returns>The part of the target that the source covers.</returns>
    public static PixelArea Letterbox(Frame source, Frame target)
    {
        PixelArea part = Inscribe(source.Width, source.Height, target.Width, target.Height);
        target.Reshape(target.Width, target.Height, source.HasTags);
        target.Bgra.AsSpan().Clear();
        for (int i = 3; i < target.Bgra.Length; i += 4)
            target.Bgra[i] = 255;
        target.Tags.AsSpan().Fill(LabelSpace.Ignore);
        Map(source, new PixelArea(0, 0, source.Width, source.Height), target, part);
        return part;
    }

    /// <summary>The largest centred rectangle of an aspect within a box, in whole pixels.</summary>
    private static PixelArea Inscribe(int aspectWidth, int aspectHeight, int boxWidth, int boxHeight)
    {
        double scale = Math.Min((double)boxWidth / aspectWidth, (double)boxHeight / aspectHeight);
        int width = Math.Clamp((int)Math.Round(aspectWidth * scale), 1, boxWidth);
        int height = Math.Clamp((int)Math.Round(aspectHeight * scale), 1, boxHeight);
        return new PixelArea((boxWidth - width) / 2, (boxHeight - height) / 2, width, height);
    }

    private static void Map(Frame source, PixelArea from, Frame target, PixelArea to)
    {
        if (ReferenceEquals(source, target))
            throw new ArgumentException("A frame can't be resized into itself.", nameof(target));
        target.Reshape(target.Width, target.Height, source.HasTags);
        Lanczos.Resize(source.Bgra, source.Width, from, target.Bgra, target.Width, to);
        if (source.HasTags)
            Nearest(source, from, target, to);
        target.CopyIdentityFrom(source);
        target.TagSpace = source.TagSpace;
    }

    // OpenCV's own nearest takes the left pixel of two; the one under the centre keeps labels in register with their image.
    private static void Nearest(Frame source, PixelArea from, Frame target, PixelArea to)
    {
        int[] columns = new int[to.Width];
        for (int x = 0; x < to.Width; x++)
            columns[x] = from.X + (int)(((2L * x) + 1) * from.Width / (2L * to.Width));
        for (int y = 0; y < to.Height; y++)
        {
            int row = from.Y + (int)(((2L * y) + 1) * from.Height / (2L * to.Height));
            ReadOnlySpan<byte> tags = source.Tags.AsSpan(row * source.Width, source.Width);
            Span<byte> result = target.Tags.AsSpan(((to.Y + y) * target.Width) + to.X, to.Width);
            for (int x = 0; x < columns.Length; x++)
                result[x] = tags[columns[x]];
        }
    }
}
