using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>The arguments of MarkChanges, in order.</summary>
/// <param name="Labels">[n].</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Reach">How far in the row.</param>
/// <param name="Marks">1 for marked pixels, else 0, [n].</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct MarkChangesArguments(DeviceView Labels, int Width, int Reach, DeviceView Marks);
