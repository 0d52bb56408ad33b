using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Linear light to display bytes: a filmic shoulder, then the sRGB curve, from a table over the float's exponent and 8 bits of mantissa.</summary>
internal static unsafe class ToneCurve
{
    // 2^-12 .. 2^4: 16 octaves of 256 entries.
    private const int Lowest = (127 - 12) << 8;
    private const int Entries = 16 << 8;

    private static readonly uint[] Table = Build();
    private static readonly uint* Pointer = (uint*)Marshal.UnsafeAddrOfPinnedArrayElement(Table, 0);

    /// <summary>Encodes linear colours (blue, green, red).</summary>
    public static Vector256<uint> Encode(in Wide3 colours) =>
        Vector256.Create(0xFF000000) | (One(colours.Z) << 16) | (One(colours.Y) << 8) | One(colours.X);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> One(Vector256<float> x)
    {
        Vector256<int> index = (x.AsInt32() >> 15) - Vector256.Create(Lowest);
        return Wide.Gather(Pointer, Vector256.Min(Vector256.Max(index, Vector256<int>.Zero), Vector256.Create(Entries - 1)));
    }

    private static uint[] Build()
    {
        uint[] table = GC.AllocateUninitializedArray<uint>(Entries, pinned: true);
        for (int i = 0; i < Entries; i++)
        {
            double x = BitConverter.Int32BitsToSingle(((i + Lowest) << 15) + (1 << 14));
            // Narkowicz' fit of the ACES curve, with the exposure that it was made for.
            x *= 0.75;
            double film = Math.Clamp(x * ((2.51 * x) + 0.03) / ((x * ((2.43 * x) + 0.59)) + 0.14), 0, 1);
            double srgb = film <= 0.0031308 ? 12.92 * film : (1.055 * StableMath.Pow(film, 1 / 2.4)) - 0.055;
            table[i] = (uint)((srgb * 255) + 0.5);
        }
        return table;
    }
}
