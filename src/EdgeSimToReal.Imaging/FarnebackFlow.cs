using System.Runtime.InteropServices;
using EdgeSimToReal.Core.Frames;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging;

/// <summary>Dense optical flow after Farnebäck (2003), for videos whose source has no exact flow.</summary>
public static class FarnebackFlow
{
    // The settings that video metrics use (TecoGAN's tOF): pyramid of three at 1/2, windows of 15, polynomials over 5 pixels.
    private const double PyramidScale = 0.5;
    private const int Levels = 3;
    private const int Window = 15;
    private const int Iterations = 3;
    private const int PolynomialSize = 5;
    private const double PolynomialSigma = 1.2;

    /// <summary>Where each pixel of one frame is in another.</summary>
    /// <param name="frame">The frame whose pixels are followed.</param>
    /// <param name="other">A frame of its size.</param>
    /// <returns>Displacement (x, y) in pixels, [Height, Width, 2].</returns>
    public static float[] Between(Frame frame, Frame other)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual((other.Width, other.Height), (frame.Width, frame.Height));
        using Mat from = ToGrey(frame), to = ToGrey(other), flow = new();
        Cv2.CalcOpticalFlowFarneback(from, to, flow, PyramidScale, Levels, Window, Iterations, PolynomialSize, PolynomialSigma,
            OpticalFlowFlags.None);
        float[] result = new float[frame.PixelCount * 2];
        Marshal.Copy(flow.Data, result, 0, result.Length);
        return result;
    }

    private static Mat ToGrey(Frame frame)
    {
        using Mat bgra = frame.AsMat();
        Mat grey = new();
        Cv2.CvtColor(bgra, grey, ColorConversionCodes.BGRA2GRAY);
        return grey;
    }
}
