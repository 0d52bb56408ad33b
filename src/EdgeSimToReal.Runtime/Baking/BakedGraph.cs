namespace EdgeSimToReal.Runtime.Baking;

/// <summary>A live graph as bytes, with what a session must know of it.</summary>
/// <param name="Model">The serialised ONNX model.</param>
/// <param name="Width">The network's picture width.</param>
/// <param name="Height">The network's picture height.</param>
/// <param name="Key">The cache key: a checksum of everything that the graph was made from.</param>
/// <param name="FromCache">Whether the graph came from the cache rather than being baked now.</param>
/// <param name="Labels">The label map that the graph takes; null where it takes none.</param>
/// <param name="Precision">What the layers compute with; picture in and picture out are fp32 whatever it is.</param>
public sealed record BakedGraph(byte[] Model, int Width, int Height, string Key, bool FromCache, LabelInput? Labels = null,
    LivePrecision Precision = LivePrecision.Fp32);
