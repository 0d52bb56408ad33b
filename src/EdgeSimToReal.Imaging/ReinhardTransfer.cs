using EdgeSimToReal.Core.Frames;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging;

/// <summary>
/// Reinhard's colour transfer (Reinhard et al. 2001) in CIELAB: each channel gets the photograph's mean and deviation. The cheapest
/// translation there is, which a network has to beat.
/// </summary>
/// <remarks>Off line: allocates. Instances hold two triples of numbers.</remarks>
public sealed class ReinhardTransfer
{
    // A channel that is constant has no spread to scale.
    private const double LeastDeviation = 1e-6;

    private readonly Scalar _mean;
    private readonly Scalar _deviation;

    /// <summary>Measures a photograph.</summary>
    /// <param name="photo">Whose colours are taken.</param>
    public ReinhardTransfer(Frame photo)
    {
        using Mat lab = LabPicture.Of(photo);
        Cv2.MeanStdDev(lab, out _mean, out _deviation);
    }

    /// <summary>Gives a frame the photograph's colours.</summary>
    /// <param name="source">Any size.</param>
    /// <returns>A new frame of its size, with its identity and its tags.</returns>
    public Frame Apply(Frame source)
    {
        using Mat lab = LabPicture.Of(source);
        Cv2.MeanStdDev(lab, out Scalar mean, out Scalar deviation);
        Mat[] channels = Cv2.Split(lab);
        try
        {
            for (int c = 0; c < channels.Length; c++)
            {
                double gain = deviation[c] < LeastDeviation ? 0 : _deviation[c] / deviation[c];
                channels[c].ConvertTo(channels[c], MatType.CV_32FC1, gain, _mean[c] - (mean[c] * gain));
            }
            Cv2.Merge(channels, lab);
        }
        finally
        {
            foreach (Mat channel in channels)
                channel.Dispose();
        }
        return LabPicture.ToFrame(lab, source);
    }
}
