using System.Runtime.InteropServices;
using EdgeSimToReal.Core.Frames;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging;

/// <summary>OpenCV headers over the memory of frames, which is pinned.</summary>
internal static class FrameMats
{
    /// <summary>A header over the colours, [Height, Width] of 4 bytes; valid while the frame keeps its size.</summary>
    public static Mat AsMat(this Frame frame)
    {
        OpenCvRuntime.Require();
        return Mat.FromPixelData(frame.Height, frame.Width, MatType.CV_8UC4, Marshal.UnsafeAddrOfPinnedArrayElement(frame.Bgra, 0));
    }

    /// <summary>A header over the tags, [Height, Width] of 1 byte; valid while the frame keeps its size.</summary>
    public static Mat TagsAsMat(this Frame frame)
    {
        OpenCvRuntime.Require();
        return Mat.FromPixelData(frame.Height, frame.Width, MatType.CV_8UC1, Marshal.UnsafeAddrOfPinnedArrayElement(frame.Tags, 0));
    }
}
