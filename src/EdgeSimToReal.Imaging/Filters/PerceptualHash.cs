using System.Numerics;
using EdgeSimToReal.Core.Frames;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging.Filters;

/// <summary>64 bits that change little when a picture changes little: the signs of its low frequencies.</summary>
/// <remarks>
/// The usual DCT hash: brightness averaged to 32×32, its discrete cosine transform, and for each of the 8×8 lowest frequencies whether it
/// lies above their median. Noise, compression and light move few bits; what stands where moves many.
/// </remarks>
public static class PerceptualHash
{
    private const int Side = 32;
    private const int Frequencies = 8;

    /// <summary>A picture's hash.</summary>
    /// <param name="frame">Any size; its tags play no part.</param>
    public static ulong Of(Frame frame)
    {
        using Mat picture = frame.AsMat();
        using Mat grey = new();
        Cv2.CvtColor(picture, grey, ColorConversionCodes.BGRA2GRAY);
        using Mat small = new();
        Cv2.Resize(grey, small, new Size(Side, Side), 0, 0, InterpolationFlags.Area);
        using Mat light = new();
        small.ConvertTo(light, MatType.CV_32FC1);
        using Mat spectrum = new();
        Cv2.Dct(light, spectrum);
        Span<float> low = stackalloc float[Frequencies * Frequencies];
        for (int i = 0; i < low.Length; i++)
            low[i] = spectrum.At<float>(i / Frequencies, i % Frequencies);
        // The mean brightness is far above all others and would only shift the median's place.
        float[] sorted = low[1..].ToArray();
        Array.Sort(sorted);
        float median = sorted[sorted.Length / 2];
        ulong hash = 0;
        for (int i = 0; i < low.Length; i++)
            hash |= low[i] > median ? 1UL << i : 0;
        return hash;
    }

    /// <summary>How many bits differ: 0 for like pictures, about 32 for unlike ones.</summary>
    /// <param name="a">A hash.</param>
    /// <param name="b">Another.</param>
    public static int Distance(ulong a, ulong b) => BitOperations.PopCount(a ^ b);
}
