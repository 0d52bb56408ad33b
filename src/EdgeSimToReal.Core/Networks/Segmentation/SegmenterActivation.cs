namespace EdgeSimToReal.Core.Networks;

/// <summary>What follows a segmenter's convolution (after its batch normalisation).</summary>
public enum SegmenterActivation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>min(6, max(0, x)).</summary>
    Relu6,
}
