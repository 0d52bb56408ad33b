namespace EdgeSimToReal.Runtime.Pixels;

/// <summary>How wide the vectors are that pixels are converted with. All levels give the same bits.</summary>
public enum SimdLevel
{
    /// <summary>No vectors: the twin that the others are compared with.</summary>
    Scalar = 0,

    /// <summary>128 bits (SSE, NEON).</summary>
    Vector128 = 128,

    /// <summary>256 bits (AVX2).</summary>
    Vector256 = 256,

    /// <summary>512 bits (AVX-512).</summary>
    Vector512 = 512,
}
