using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>The arguments of ObjectCells, in order.</summary>
/// <param name="Labels">[n].</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Side">Pixels of a cell's side.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Objects">The classes to look at.</param>
/// <param name="Logits">[classes, n].</param>
/// <param name="LogSum">[n].</param>
/// <param name="Cells">[objects, cells, 3].</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ObjectCellsArguments(DeviceView Labels, int Width, int Side, int Classes, DeviceView Objects,
    DeviceView Logits, DeviceView LogSum, DeviceView Cells);
