using System.Numerics;
using System.Runtime.CompilerServices;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Linear light to display bytes: a filmic shoulder, then the sRGB curve, from a table over the float's exponent and 8 bits of mantissa.</summary>
internal static class ToneCurve
{
    // 2^-12 .. 2^4: 16 octaves of 256 entries.
    private const int Lowest = (127 - 12) << 8;
    private const int Entries = 16 << 8;

    private static readonly byte[] Table = Build();

    /// <summary>Encodes a linear colour (blue, green, red).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Encode(Vector4 colour) => 0xFF000000u | ((uint)One(colour.Z) << 16) | ((uint)One(colour.Y) << 8) | One(colour.X);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte One(float x)
    {
        int index = (BitConverter.SingleToInt32Bits(x) >> 15) - Lowest;
        return Table[Math.Clamp(index, 0, Entries - 1)];
    }

    private static byte[] Build()
    {
        byte[] table = new byte[Entries];
        for (int i = 0; i < Entries; i++)
        {
            double x = BitConverter.Int32BitsToSingle(((i + Lowest) << 15) + (1 << 14));
            // Narkowicz' fit of the ACES curve, with the exposure that it was made for.
            x *= 0.75;
            double film = Math.Clamp(x * ((2.51 * x) + 0.03) / ((x * ((2.43 * x) + 0.59)) + 0.14), 0, 1);
            double srgb = film <= 0.0031308 ? 12.92 * film : (1.055 * StableMath.Pow(film, 1 / 2.4)) - 0.055;
            table[i] = (byte)((srgb * 255) + 0.5);
        }
        return table;
    }
}
