using EdgeSimToReal.Core.Frames;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging;

/// <summary>Frames as pictures in CIELAB and back. Off line: allocates.</summary>
internal static class LabPicture
{
    /// <summary>L in 0..100, a and b, CV_32FC3; sRGB's curve is undone.</summary>
    public static Mat Of(Frame frame)
    {
        using Mat bgra = frame.AsMat();
        using Mat bgr = new();
        Cv2.CvtColor(bgra, bgr, ColorConversionCodes.BGRA2BGR);
        Mat lab = new();
        bgr.ConvertTo(lab, MatType.CV_32FC3, 1 / 255.0);
        Cv2.CvtColor(lab, lab, ColorConversionCodes.BGR2Lab);
        return lab;
    }

    /// <summary>A new frame with a picture's colours, and a source's identity and tags.</summary>
    public static Frame ToFrame(Mat lab, Frame source)
    {
        using Mat colour = new(), bytes = new();
        Cv2.CvtColor(lab, colour, ColorConversionCodes.Lab2BGR);
        colour.ConvertTo(bytes, MatType.CV_8UC3, 255); // saturates
        Frame result = new(source.Width, source.Height, source.HasTags) { TagSpace = source.TagSpace };
        PixelRows.BgrToBgra(bytes, result.Bgra);
        source.Tags.CopyTo(result.Tags, 0);
        result.CopyIdentityFrom(source);
        return result;
    }
}
