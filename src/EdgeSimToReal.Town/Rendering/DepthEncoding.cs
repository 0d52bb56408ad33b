namespace EdgeSimToReal.Town.Rendering;

/// <summary>CARLA's depth pixels: metres = 1000 * (R + 256 G + 65536 B) / 16777215.</summary>
public static class DepthEncoding
{
    /// <summary>The largest distance that a depth pixel holds; the sky's depth.</summary>
    public const float FarMetres = 1000;

    /// <summary>Encodes metres as BGRA pixels.</summary>
    /// <param name="metres">Depths, clamped to 0..1000.</param>
    /// <param name="bgra">Four bytes a pixel; alpha becomes 255.</param>
    public static void Encode(ReadOnlySpan<float> metres, Span<byte> bgra)
    {
        for (int i = 0; i < metres.Length; i++)
        {
            double share = Math.Clamp(metres[i], 0, FarMetres) / FarMetres;
            uint d = (uint)((share * 16777215) + 0.5);
            bgra[(i * 4) + 2] = (byte)d;
            bgra[(i * 4) + 1] = (byte)(d >> 8);
            bgra[i * 4] = (byte)(d >> 16);
            bgra[(i * 4) + 3] = 255;
        }
    }

    /// <summary>Decodes one BGRA depth pixel.</summary>
    /// <param name="blue">Its first byte.</param>
    /// <param name="green">Its second byte.</param>
    /// <param name="red">Its third byte.</param>
    /// <returns>Metres, 0..1000.</returns>
    public static float Decode(byte blue, byte green, byte red) => (float)((red + (256 * green) + (65536 * blue)) * (1000.0 / 16777215));
}
