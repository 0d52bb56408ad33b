namespace EdgeSimToReal.Core.Weights;

/// <summary>Weights under this project's keys, and what became of the others.</summary>
/// <param name="Tensors">Arrays by this project's key.</param>
/// <param name="Renamed">Number of keys that another program names differently.</param>
/// <param name="Dropped">The file's keys that no network here has a place for, e.g. a classification head.</param>
public sealed record MappedWeights(IReadOnlyDictionary<string, WeightTensor> Tensors, int Renamed, IReadOnlyList<string> Dropped);
