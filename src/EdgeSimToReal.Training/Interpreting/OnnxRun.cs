using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Interpreting;

/// <summary>What a forward pass computes in.</summary>
/// <param name="Type">Type of all floating-point values.</param>
/// <param name="Device">Where they are.</param>
internal readonly record struct OnnxRun(ScalarType Type, Device Device);
