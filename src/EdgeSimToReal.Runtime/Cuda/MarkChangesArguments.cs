using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>The arguments of MarkChanges, in order.</summary>
/// <param name="Labels">[n].</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Left">The picture's first column; around it is padding.</param>
/// <param name="Top">Its first row.</param>
/// <param name="Right">The column after its last.</param>
/// <param name="Bottom">The row after its last.</param>
/// <param name="Reach">How far in the row.</param>
/// <param name="Marks">1 for marked pixels, else 0, [n].</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct MarkChangesArguments(DeviceView Labels, int Width, int Left, int Top, int Right, int Bottom,
    int Reach, DeviceView Marks);
