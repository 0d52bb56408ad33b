using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>The arguments of Likelihood, in order.</summary>
/// <param name="Labels">[n].</param>
/// <param name="Marks">Of MarkChanges, [n].</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Reach">How far in the column.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Move">By how many pixels labels are moved.</param>
/// <param name="Places">1 or 5.</param>
/// <param name="Logits">[classes, n].</param>
/// <param name="LogSum">[n].</param>
/// <param name="Sums">[places, 3].</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct LikelihoodArguments(DeviceView Labels, DeviceView Marks, int Width, int Reach, int Classes, int Move,
    int Places, DeviceView Logits, DeviceView LogSum, DeviceView Sums);
