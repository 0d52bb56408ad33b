using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>A frame that was translated, as it lies on the device.</summary>
/// <param name="Geometry">The frame's way through the network: its size, and which part of it the picture shows.</param>
/// <param name="Frame">The simulator's frame, whole: pixels B, G, R, A, [SourceHeight, SourceWidth].</param>
/// <param name="Picture">The translated picture, [OutputHeight, OutputWidth].</param>
internal readonly record struct CudaFrame(FrameGeometry Geometry, DeviceView Frame, DeviceView Picture);
