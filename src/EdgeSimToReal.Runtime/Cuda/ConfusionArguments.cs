using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>The arguments of Confusion, in order.</summary>
/// <param name="Truth">True ids, [n].</param>
/// <param name="Prediction">Predicted ids, [n].</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Counts">The matrix that is added to, [classes, classes + 1].</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ConfusionArguments(DeviceView Truth, DeviceView Prediction, int Classes, DeviceView Counts);
