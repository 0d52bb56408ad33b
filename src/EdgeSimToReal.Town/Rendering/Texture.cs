using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>A repeating picture, sides powers of two, with all its halvings (mip levels) in one pinned array of 0xAARRGGBB.</summary>
internal sealed unsafe class Texture
{
    private readonly uint[] _texels;
    private readonly uint* _pointer;
    private readonly int[] _offsets;

    public Texture(int size, Func<int, int, uint> texel, bool cutout = false)
    {
        Log2 = BitOperations.Log2((uint)size);
        Size = size;
        _offsets = new int[Log2 + 1];
        int total = 0;
        for (int level = 0; level <= Log2; level++)
        {
            _offsets[level] = total;
            total += (size >> level) * (size >> level);
        }
        _texels = GC.AllocateUninitializedArray<uint>(total, pinned: true);
        _pointer = (uint*)Marshal.UnsafeAddrOfPinnedArrayElement(_texels, 0);
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
                _texels[(y * size) + x] = texel(x, y);
        }
        for (int level = 1; level <= Log2; level++)
            Halve(level, cutout);
    }

    public int Size { get; }

    public int Log2 { get; }

    /// <summary>The texel nearest to (u, v), in repeats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Nearest(float u, float v, int level)
    {
        int shift = Log2 - level, mask = (1 << shift) - 1;
        int x = (int)MathF.Floor(u * (1 << shift)) & mask, y = (int)MathF.Floor(v * (1 << shift)) & mask;
        return _pointer[_offsets[level] + (y << shift) + x];
    }

    /// <summary>The detail levels for even and for odd lanes, counted from the finest, 0.</summary>
    public MipPair Levels(float even, float odd)
    {
        int first = Math.Clamp((int)even, 0, Log2), second = Math.Clamp((int)odd, 0, Log2);
        return new MipPair(_pointer, _offsets[first], Log2 - first, _offsets[second], Log2 - second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector4 Unpack(uint texel)
    {
        Vector128<byte> bytes = Vector128.CreateScalarUnsafe(texel).AsByte();
        Vector128<uint> wide =
            Vector128.WidenLower(Vector128.WidenLower(bytes));
        return Vector128.ConvertToSingle(wide.AsInt32()).AsVector4();
    }

    private void Halve(int level, bool cutout)
    {
        int size = Size >> level, from = _offsets[level - 1], to = _offsets[level], above = size * 2;
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                int at = from + (y * 2 * above) + (x * 2);
                uint a = _texels[at], b = _texels[at + 1], c = _texels[at + above], d = _texels[at + above + 1];
                uint mean = 0;
                for (int shift = 0; shift < 32; shift += 8)
                    mean |= ((((a >> shift) & 255) + ((b >> shift) & 255) + ((c >> shift) & 255) + ((d >> shift) & 255) + 2) / 4) << shift;
                if (cutout)
                {
                    // Averaged alpha thins foliage out with distance; a little gain holds its coverage.
                    uint alpha = Math.Min(255, (mean >> 24) * 9 / 8);
                    mean = (mean & 0xFFFFFF) | (alpha << 24);
                }
                _texels[to + (y * size) + x] = mean;
            }
        }
    }
}
