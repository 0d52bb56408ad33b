using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Imaging;

/// <summary>Shows labels on top of an image.</summary>
public static class Overlay
{
    /// <summary>Blends each label's colour with the image; pixels whose id the space does not have stay as they are.</summary>
    /// <param name="image">The image.</param>
    /// <param name="tags">One id a pixel, [Height, Width].</param>
    /// <param name="space">The label space, for its colours.</param>
    /// <param name="opacity">0 shows the image alone, 1 the labels alone.</param>
    /// <param name="target">Takes the image's size; may be the image itself.</param>
    public static void Blend(Frame image, ReadOnlySpan<byte> tags, LabelSpace space, double opacity, Frame target)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tags.Length, image.PixelCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(opacity, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(opacity, 1);
        if (!ReferenceEquals(image, target))
        {
            target.Reshape(image.Width, image.Height);
            target.CopyIdentityFrom(image);
        }
        byte[] palette = space.Palette(), source = image.Bgra, result = target.Bgra;
        bool[] known = new bool[256];
        foreach (LabelClass c in space.Classes)
            known[c.Id] = true;
        int labels = (int)Math.Round(opacity * 256), rest = 256 - labels;
        for (int i = 0; i < tags.Length; i++)
        {
            int tag = tags[i];
            for (int c = 0; c < 3; c++)
            {
                int colour = source[(4 * i) + c], label = palette[(3 * tag) + 2 - c];
                result[(4 * i) + c] = (byte)(known[tag] ? ((colour * rest) + (label * labels) + 128) >> 8 : colour);
            }
            result[(4 * i) + 3] = 255;
        }
    }
}
