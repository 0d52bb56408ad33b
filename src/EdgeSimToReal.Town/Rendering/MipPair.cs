using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>Two detail levels of a <see cref="Texture"/>, by turns for neighbouring pixels.</summary>
internal readonly unsafe struct MipPair
{
    private readonly uint* _texels;
    private readonly Vector256<int> _start, _side;

    /// <param name="texels">The texture's first level.</param>
    /// <param name="evenStart">Where the even lanes' level begins.</param>
    /// <param name="evenLog2">The logarithm of its side.</param>
    /// <param name="oddStart">Where the odd lanes' level begins.</param>
    /// <param name="oddLog2">The logarithm of its side.</param>
    public MipPair(uint* texels, int evenStart, int evenLog2, int oddStart, int oddLog2)
    {
        _texels = texels;
        _start = ByTurns(evenStart, oddStart);
        _side = ByTurns(1 << evenLog2, 1 << oddLog2);
    }

    // Not inlined: a method that holds all of shading leaves no registers.
    /// <summary>Four neighbours of each point mixed: (blue, green, red) and alpha in 0..255, gamma-encoded as stored.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Wide3 Bilinear(Vector256<float> u, Vector256<float> v, out Vector256<float> alpha)
    {
        Vector256<int> mask = _side - Vector256<int>.One;
        Vector256<float> side = Vector256.ConvertToSingle(_side), half = Vector256.Create(0.5f);
        Vector256<float> fx = (u * side) - half, fy = (v * side) - half, bx = Vector256.Floor(fx), by = Vector256.Floor(fy);
        fx -= bx;
        fy -= by;
        Vector256<int> x0 = Wide.Whole(bx) & mask, y0 = Wide.Whole(by) & mask;
        Vector256<int> x1 = (x0 + Vector256<int>.One) & mask, y1 = (y0 + Vector256<int>.One) & mask;
        Vector256<int> row0 = _start + (y0 * _side), row1 = _start + (y1 * _side);
        Vector256<uint> a = Wide.Gather(_texels, row0 + x0), b = Wide.Gather(_texels, row0 + x1);
        Vector256<uint> c = Wide.Gather(_texels, row1 + x0), d = Wide.Gather(_texels, row1 + x1);
        alpha = Mix(a, b, c, d, 24, fx, fy);
        return new Wide3(Mix(a, b, c, d, 0, fx, fy), Mix(a, b, c, d, 8, fx, fy), Mix(a, b, c, d, 16, fx, fy));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Mix(
        Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d, int shift, Vector256<float> fx, Vector256<float> fy) =>
        Wide.Mix(Wide.Channel(a, shift), Wide.Channel(b, shift), Wide.Channel(c, shift), Wide.Channel(d, shift), fx, fy);

    private static Vector256<int> ByTurns(int even, int odd) => Vector256.Create(((ulong)(uint)odd << 32) | (uint)even).AsInt32();
}
