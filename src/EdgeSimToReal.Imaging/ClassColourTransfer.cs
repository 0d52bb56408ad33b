using System.Runtime.InteropServices;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging;

/// <summary>
/// Colour transfer class by class in CIELAB: each class of a frame gets the mean and deviation that it has in photographs, feathered
/// where labels meet. A translation without learning that knows the labels, which a network has to beat.
/// </summary>
/// <remarks>
/// A class that is rare in the frame or in the photographs takes part as if it had none: the statistics of all pixels act on it. Off line:
/// allocates. One thread calls.
/// </remarks>
public sealed class ClassColourTransfer
{
    private const int Channels = 3;

    // Fewer pixels say little of a class.
    private const int LeastPixels = 64;
    private const double LeastDeviation = 1e-3;

    // A flat surface has no texture to be stretched, only noise.
    private const double GreatestGain = 3;

    // Of the frame's height: 4 pixels of 256.
    private const double Feather = 1 / 64.0;

    private readonly LabelSpace _space;
    private readonly Dictionary<LabelSpace, LabelRemap> _remaps = [];
    private readonly Statistics _photographs;

    /// <summary>Creates a transfer that knows no photograph yet.</summary>
    /// <param name="space">The classes: Common16, Shared10 or the Cityscapes trainIds.</param>
    public ClassColourTransfer(LabelSpace space) => (_space, _photographs) = (space, new Statistics(space.Count));

    /// <summary>Takes a photograph's colours into the statistics.</summary>
    /// <param name="photograph">With tags that can be mapped to the space.</param>
    /// <exception cref="EdgeSimException">It has no tags, or they can't be mapped.</exception>
    public void Add(Frame photograph)
    {
        using Mat lab = LabPicture.Of(photograph);
        _photographs.Add(Pixels(lab), Classes(photograph));
    }

    /// <summary>Transfers to each class of a frame the photographs' colours of it.</summary>
    /// <param name="source">With tags that can be mapped to the space.</param>
    /// <returns>A new frame of its size, with its identity and its tags.</returns>
    /// <exception cref="EdgeSimException">It has no tags, they can't be mapped, or there was no photograph.</exception>
    public Frame Apply(Frame source)
    {
        if (_photographs.IsEmpty)
            throw new EdgeSimException("The colours of classes are to be transferred, and no photograph was given.", "Give labelled photographs.");
        using Mat lab = LabPicture.Of(source);
        byte[] classes = Classes(source);
        Statistics own = new(_space.Count);
        own.Add(Pixels(lab), classes);
        (float Gain, float Offset)[] maps = new (float, float)[(_space.Count + 1) * Channels];
        for (int c = 0; c <= _space.Count; c++)
        {
            // The last row is that of all pixels.
            int row = own.Count(c) >= LeastPixels && _photographs.Count(c) >= LeastPixels ? c : _space.Count;
            for (int channel = 0; channel < Channels; channel++)
            {
                (double mean, double deviation) = own.Of(row, channel);
                (double wanted, double spread) = _photographs.Of(row, channel);
                double gain = deviation < LeastDeviation ? 1 : Math.Min(spread / deviation, GreatestGain);
                maps[(c * Channels) + channel] = ((float)gain, (float)(wanted - (mean * gain)));
            }
        }
        using Mat gains = new(lab.Size(), MatType.CV_32FC3), offsets = new(lab.Size(), MatType.CV_32FC3);
        Span<float> gain3 = Pixels(gains), offset3 = Pixels(offsets);
        for (int i = 0; i < classes.Length; i++)
        {
            int row = Math.Min(classes[i], (byte)_space.Count) * Channels;
            for (int channel = 0; channel < Channels; channel++)
                (gain3[(i * Channels) + channel], offset3[(i * Channels) + channel]) = maps[row + channel];
        }
        double sigma = source.Height * Feather;
        Cv2.GaussianBlur(gains, gains, default, sigma);
        Cv2.GaussianBlur(offsets, offsets, default, sigma);
        Cv2.Multiply(lab, gains, lab);
        Cv2.Add(lab, offsets, lab);
        return LabPicture.ToFrame(lab, source);
    }

    private static unsafe Span<float> Pixels(Mat picture) => new((void*)picture.Data, checked((int)picture.Total() * Channels));

    private byte[] Classes(Frame frame)
    {
        if (!frame.HasTags || frame.TagSpace is not { } space)
            throw new EdgeSimException($"The colours of classes are to be transferred, and frame {frame.Id} has no labels.", "Give labelled images.");
        ref LabelRemap? remap = ref CollectionsMarshal.GetValueRefOrAddDefault(_remaps, space, out _);
        remap ??= LabelRemap.Between(space, _space);
        byte[] classes = new byte[frame.PixelCount];
        remap.Apply(frame.Tags, classes);
        return classes;
    }

    /// <summary>Sums of each class, and in the last row of all pixels.</summary>
    private sealed class Statistics(int classes)
    {
        private readonly long[] _counts = new long[classes + 1];
        private readonly double[] _sums = new double[(classes + 1) * Channels];
        private readonly double[] _squares = new double[(classes + 1) * Channels];

        public bool IsEmpty => _counts[classes] == 0;

        public long Count(int row) => _counts[row];

        public void Add(ReadOnlySpan<float> pixels, ReadOnlySpan<byte> labels)
        {
            for (int i = 0; i < labels.Length; i++)
            {
                ReadOnlySpan<float> pixel = pixels.Slice(i * Channels, Channels);
                if (labels[i] < classes)
                    Add(labels[i], pixel);
                Add(classes, pixel);
            }
        }

        public (double Mean, double Deviation) Of(int row, int channel)
        {
            double mean = _sums[(row * Channels) + channel] / _counts[row];
            return (mean, Math.Sqrt(Math.Max(0, (_squares[(row * Channels) + channel] / _counts[row]) - (mean * mean))));
        }

        private void Add(int row, ReadOnlySpan<float> pixel)
        {
            _counts[row]++;
            for (int channel = 0; channel < Channels; channel++)
            {
                _sums[(row * Channels) + channel] += pixel[channel];
                _squares[(row * Channels) + channel] += (double)pixel[channel] * pixel[channel];
            }
        }
    }
}
