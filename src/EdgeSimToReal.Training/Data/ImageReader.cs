using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging;

namespace EdgeSimToReal.Training.Data;

/// <summary>Decodes a set's images and maps their labels to a target space.</summary>
internal sealed class ImageReader
{
    private readonly LabelRemap? _remap;
    private readonly bool[] _known = new bool[256];

    public ImageReader(ImageSet set, LabelSpace target)
    {
        if (set.Space is null)
            return;
        _remap = LabelRemap.Between(set.Space, target);
        foreach (LabelClass c in set.Space.Classes)
            _known[c.Id] = true;
        _known[LabelSpace.Ignore] = true;
    }

    /// <summary>Reads one item.</summary>
    /// <param name="item">An item of the set.</param>
    /// <param name="frame">Memory that is used on the way.</param>
    public DecodedImage Read(TrainingItem item, Frame frame)
    {
        bool labelled = _remap is not null && item.Label is not null;
        ImageFile.Read(item.Image, frame, labelled);
        byte[] rgb = new byte[frame.PixelCount * 3], bgra = frame.Bgra;
        for (int i = 0; i < frame.PixelCount; i++)
            (rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]) = (bgra[(4 * i) + 2], bgra[(4 * i) + 1], bgra[4 * i]);
        return new DecodedImage(item.Image, frame.Width, frame.Height, rgb, labelled ? ReadLabels(item.Label!, frame) : null);
    }

    /// <summary>Reads a label image alone.</summary>
    /// <param name="path">The file of a set with a label space.</param>
    /// <returns>Ids of the target space, or 255.</returns>
    public byte[] ReadLabels(string path)
    {
        (_, _, byte[] ids) = LabelFile.Read(path);
        return Map(path, ids);
    }

    private byte[] ReadLabels(string path, Frame frame)
    {
        LabelFile.Read(path, frame);
        return Map(path, frame.Tags);
    }

    private byte[] Map(string path, byte[] ids)
    {
        // Ids that the space has not heard of mean that it is the wrong one; to train on what is left would go unnoticed.
        foreach (byte id in ids)
        {
            if (!_known[id])
            {
                throw new EdgeSimException($"The label image '{path}' holds the id {id}, which '{_remap!.From}' does not have.",
                    "Check the set's label space.");
            }
        }
        byte[] labels = new byte[ids.Length];
        _remap!.Apply(ids, labels);
        return labels;
    }
}
