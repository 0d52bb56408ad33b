using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>The arguments of Overlay, in order.</summary>
/// <param name="Picture">Pixels, [n].</param>
/// <param name="Ids">One id a pixel, [n].</param>
/// <param name="Colours">The colour of each id as a pixel, [256].</param>
/// <param name="Opacity">0..256.</param>
/// <param name="Target">The result, [n].</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct OverlayArguments(DeviceView Picture, DeviceView Ids, DeviceView Colours, int Opacity, DeviceView Target);
