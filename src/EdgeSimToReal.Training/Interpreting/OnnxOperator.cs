using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Interpreting;

/// <summary>Computes a node.</summary>
/// <param name="node">Attributes.</param>
/// <param name="inputs">The values that it reads; null for an optional one that is absent.</param>
/// <param name="run">Floating-point type and device of the run.</param>
/// <returns>The values that it writes, in the order of its outputs.</returns>
internal delegate Tensor[] OnnxOperator(OnnxNode node, Tensor?[] inputs, OnnxRun run);
