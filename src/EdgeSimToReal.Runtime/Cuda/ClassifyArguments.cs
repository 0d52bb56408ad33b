using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>The arguments of Classify, in order.</summary>
/// <param name="Logits">[classes, n].</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Best">The class of each pixel, [n].</param>
/// <param name="LogSum">log Σ exp of each pixel's logits, [n].</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ClassifyArguments(DeviceView Logits, int Classes, DeviceView Best, DeviceView LogSum);
