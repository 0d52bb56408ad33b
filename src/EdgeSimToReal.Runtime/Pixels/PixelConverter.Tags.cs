using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Runtime.Pixels;

/// <summary>Labels, which are cut like the picture and never mixed.</summary>
public sealed partial class PixelConverter
{
    /// <summary>The tags of the translated picture: the frame's, cut to <see cref="FrameGeometry.SourceRectangle"/>.</summary>
    /// <param name="tags">One tag a pixel of the frame, [SourceHeight, SourceWidth].</param>
    /// <param name="cut">One tag a pixel of the translated picture, [OutputHeight, OutputWidth].</param>
    /// <exception cref="ArgumentException">A length is not that of the geometry.</exception>
    public void CropTags(ReadOnlySpan<byte> tags, Span<byte> cut) => CropBytes(tags, cut, 1);

    /// <summary>The untranslated picture, alike: the frame, cut to <see cref="FrameGeometry.SourceRectangle"/>.</summary>
    /// <param name="bgra">The frame, [SourceHeight, SourceWidth, 4].</param>
    /// <param name="cut">The cut-out, [OutputHeight, OutputWidth, 4].</param>
    /// <exception cref="ArgumentException">A length is not that of the geometry.</exception>
    public void CropPicture(ReadOnlySpan<byte> bgra, Span<byte> cut) => CropBytes(bgra, cut, 4);

    /// <summary>The tags at the network's size: each pixel gets the tag that lies under its centre.</summary>
    /// <param name="tags">One tag a pixel of the frame, [SourceHeight, SourceWidth].</param>
    /// <param name="networkTags">One tag a pixel of the network's input, [NetworkHeight, NetworkWidth]; written entirely.</param>
    /// <param name="repeatEdges">
    /// Whether padding repeats the nearest edge tag, as the picture's does, rather than being <see cref="LabelSpace.Ignore"/>.
    /// </param>
    /// <exception cref="ArgumentException">A length is not that of the geometry.</exception>
    public void PrepareTags(ReadOnlySpan<byte> tags, Span<byte> networkTags, bool repeatEdges = false)
    {
        CheckLength(tags.Length, _geometry.SourceWidth * _geometry.SourceHeight, nameof(tags));
        CheckLength(networkTags.Length, _geometry.NetworkWidth * _geometry.NetworkHeight, nameof(networkTags));
        PixelRectangle source = _geometry.SourceRectangle;
        PixelRectangle network = _geometry.NetworkRectangle;
        bool padded = network.Width != _geometry.NetworkWidth || network.Height != _geometry.NetworkHeight;
        if (padded && !repeatEdges)
            networkTags.Fill(LabelSpace.Ignore);
        for (int y = 0; y < network.Height; y++)
        {
            ReadOnlySpan<byte> from = tags.Slice(SourceOffset(Nearest(y, source.Height, network.Height)), source.Width);
            Span<byte> to = networkTags.Slice(NetworkOffset(y), network.Width);
            if (source.Width == network.Width)
            {
                from.CopyTo(to);
                continue;
            }
            // The source pixel under the centre of pixel x is ⌊(2x + 1)·s / 2n⌋; stepping keeps the division out of the loop.
            int step = 2 * source.Width / (2 * network.Width);
            int stepRemainder = 2 * source.Width % (2 * network.Width);
            int at = source.Width / (2 * network.Width);
            int remainder = source.Width % (2 * network.Width);
            for (int x = 0; x < to.Length; x++)
            {
                to[x] = from[at];
                at += step;
                remainder += stepRemainder;
                if (remainder >= 2 * network.Width)
                {
                    remainder -= 2 * network.Width;
                    at++;
                }
            }
        }
        if (padded && repeatEdges)
            RepeatEdges(networkTags);
    }

    private static int Nearest(int target, int sourceLength, int targetLength) =>
        (int)((2L * target + 1) * sourceLength / (2L * targetLength));

    private void CropBytes(ReadOnlySpan<byte> source, Span<byte> cut, int bytesPerPixel)
    {
        PixelRectangle rectangle = _geometry.SourceRectangle;
        CheckLength(source.Length, _geometry.SourceWidth * _geometry.SourceHeight * bytesPerPixel, nameof(source));
        CheckLength(cut.Length, rectangle.Width * rectangle.Height * bytesPerPixel, nameof(cut));
        if (rectangle.Width == _geometry.SourceWidth)
        {
            source.Slice(SourceOffset(0) * bytesPerPixel, cut.Length).CopyTo(cut);
            return;
        }
        int row = rectangle.Width * bytesPerPixel;
        for (int y = 0; y < rectangle.Height; y++)
            source.Slice(SourceOffset(y) * bytesPerPixel, row).CopyTo(cut.Slice(y * row, row));
    }
}
