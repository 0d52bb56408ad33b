using EdgeSimToReal.Core.Frames;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging;

/// <summary>OpenCV headers over the memory of frames.</summary>
internal static class FrameMats
{
    /// <summary>
    /// A header over the colours, [Height, Width] of 4 bytes; valid while the frame keeps its size. It holds the array until it is
    /// disposed of, so native code may work on a frame that nobody else mentions any more.
    /// </summary>
    public static Mat AsMat(this Frame frame)
    {
        OpenCvRuntime.Require();
        return Mat.FromPixelData(frame.Height, frame.Width, MatType.CV_8UC4, frame.Bgra);
    }
}
