using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>Makes a label-conditioned graph's label map of a frame's tags, in the geometry of the frame's picture.</summary>
/// <remarks>Allocates nothing, but for a table when the frames' label space changes.</remarks>
/// <param name="input">The map that the graph takes.</param>
/// <param name="width">The network's picture width.</param>
/// <param name="height">The network's picture height.</param>
internal sealed class LabelFeed(LabelInput input, int width, int height)
{
    private readonly byte[] _labels = new byte[width * height];
    private LabelRemap? _remap;

    /// <summary>Fills the map.</summary>
    /// <param name="frame">The frame, with tags.</param>
    /// <param name="converter">The way of the frame's picture to the network.</param>
    /// <param name="map">[classes, height / stride, width / stride]; written entirely.</param>
    /// <exception cref="EdgeSimException">The frame has no tags, or of a space that does not map to the model's.</exception>
    public void Fill(Frame frame, PixelConverter converter, Span<float> map)
    {
        if (!frame.HasTags || frame.TagSpace is not { } space)
            throw LiveTranslator.TagsMissing($"frame {frame.Id}");
        if (_remap?.From != space)
            _remap = LabelRemap.Between(space, input.Space);
        // Padding shows the picture's edge repeated, so it has the edge's classes.
        converter.PrepareTags(frame.Tags, _labels, repeatEdges: true);
        _remap.Apply(_labels, _labels);
        LabelMap.Fill(_labels, width, height, input.Stride, map);
    }
}
