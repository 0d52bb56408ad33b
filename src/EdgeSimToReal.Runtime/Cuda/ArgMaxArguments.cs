using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>The arguments of ArgMaxSingle and ArgMaxHalf, in order.</summary>
/// <param name="Scores">[classes, n].</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Ids">The class of each pixel, [n].</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ArgMaxArguments(DeviceView Scores, int Classes, DeviceView Ids);
