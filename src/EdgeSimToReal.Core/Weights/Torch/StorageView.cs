namespace EdgeSimToReal.Core.Weights.Torch;

/// <summary>A part of a storage, or all of it: what a tensor's offset and strides count in.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">First element.</param>
/// <param name="Count">Number of elements.</param>
internal sealed record StorageView(TorchStorage Storage, long Offset, long Count);
