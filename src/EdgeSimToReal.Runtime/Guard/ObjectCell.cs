using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>What a square of <see cref="ObjectCells.Side"/> pixels holds of one class, over its labelled pixels; as the device's kernel writes it.</summary>
/// <param name="Probability">Σ p(class).</param>
/// <param name="Labelled">Pixels of that label.</param>
/// <param name="Pixels">Labelled pixels.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ObjectCell(float Probability, float Labelled, float Pixels);
