using System.Runtime.Intrinsics;

namespace EdgeSimToReal.Runtime.Pixels;

/// <summary>Weighted sums of whole rows: the vertical half of resampling.</summary>
internal static partial class PixelKernels
{
    /// <summary>The weighted sum of consecutive rows of bytes.</summary>
    /// <param name="rows">Bytes, [taps, stride], of which the first <paramref name="sum"/>'s length of each row counts.</param>
    /// <param name="stride">Bytes from row to row.</param>
    /// <param name="weights">One weight a row, [taps].</param>
    /// <param name="sum">The result in 0..255, [n].</param>
    /// <param name="level">Vector width.</param>
    public static void BlendRows(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<float> weights, Span<float> sum, SimdLevel level)
    {
        int n = sum.Length;
        int i = 0;
        ref byte source = ref At(rows);
        ref float target = ref At<float>(sum);
        if (Vector512.IsHardwareAccelerated && level >= SimdLevel.Vector512)
        {
            for (; i <= n - 64; i += 64)
            {
                Vector512<float> a = default, b = default, c = default, d = default;
                nuint at = (nuint)i;
                for (int k = 0; k < weights.Length; k++, at += (nuint)stride)
                {
                    Vector512<float> weight = Vector512.Create(weights[k]);
                    (Vector512<ushort> low, Vector512<ushort> high) = Vector512.Widen(Vector512.LoadUnsafe(ref source, at));
                    (Vector512<uint> a0, Vector512<uint> b0) = Vector512.Widen(low);
                    (Vector512<uint> c0, Vector512<uint> d0) = Vector512.Widen(high);
                    a = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(a0.AsInt32()), weight, a);
                    b = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(b0.AsInt32()), weight, b);
                    c = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(c0.AsInt32()), weight, c);
                    d = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(d0.AsInt32()), weight, d);
                }
                a.StoreUnsafe(ref target, (nuint)i);
                b.StoreUnsafe(ref target, (nuint)i + 16);
                c.StoreUnsafe(ref target, (nuint)i + 32);
                d.StoreUnsafe(ref target, (nuint)i + 48);
            }
        }
        if (Vector256.IsHardwareAccelerated && level >= SimdLevel.Vector256)
        {
            for (; i <= n - 32; i += 32)
            {
                Vector256<float> a = default, b = default, c = default, d = default;
                nuint at = (nuint)i;
                for (int k = 0; k < weights.Length; k++, at += (nuint)stride)
                {
                    Vector256<float> weight = Vector256.Create(weights[k]);
                    (Vector256<ushort> low, Vector256<ushort> high) = Vector256.Widen(Vector256.LoadUnsafe(ref source, at));
                    (Vector256<uint> a0, Vector256<uint> b0) = Vector256.Widen(low);
                    (Vector256<uint> c0, Vector256<uint> d0) = Vector256.Widen(high);
                    a = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(a0.AsInt32()), weight, a);
                    b = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(b0.AsInt32()), weight, b);
                    c = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(c0.AsInt32()), weight, c);
                    d = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(d0.AsInt32()), weight, d);
                }
                a.StoreUnsafe(ref target, (nuint)i);
                b.StoreUnsafe(ref target, (nuint)i + 8);
                c.StoreUnsafe(ref target, (nuint)i + 16);
                d.StoreUnsafe(ref target, (nuint)i + 24);
            }
        }
        if (Vector128.IsHardwareAccelerated && level >= SimdLevel.Vector128)
        {
            for (; i <= n - 16; i += 16)
            {
                Vector128<float> a = default, b = default, c = default, d = default;
                nuint at = (nuint)i;
                for (int k = 0; k < weights.Length; k++, at += (nuint)stride)
                {
                    Vector128<float> weight = Vector128.Create(weights[k]);
                    (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.LoadUnsafe(ref source, at));
                    (Vector128<uint> a0, Vector128<uint> b0) = Vector128.Widen(low);
                    (Vector128<uint> c0, Vector128<uint> d0) = Vector128.Widen(high);
                    a = Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(a0.AsInt32()), weight, a);
                    b = Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(b0.AsInt32()), weight, b);
                    c = Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(c0.AsInt32()), weight, c);
                    d = Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(d0.AsInt32()), weight, d);
                }
                a.StoreUnsafe(ref target, (nuint)i);
                b.StoreUnsafe(ref target, (nuint)i + 4);
                c.StoreUnsafe(ref target, (nuint)i + 8);
                d.StoreUnsafe(ref target, (nuint)i + 12);
            }
        }
        for (; i < n; i++)
        {
            float value = 0;
            for (int k = 0; k < weights.Length; k++)
                value = MathF.FusedMultiplyAdd(rows[k * stride + i], weights[k], value);
            sum[i] = value;
        }
    }

    /// <summary>The weighted sum of the rows of a ring, truncated to bytes (the values bring half a step along, so this rounds).</summary>
    /// <param name="ring">Values in 0.5..255.5, [taps, n].</param>
    /// <param name="slot">The slot of the first row; the others follow, after the last slot comes slot 0.</param>
    /// <param name="weights">One weight a row, from the first, [taps].</param>
    /// <param name="bytes">The result, [n].</param>
    /// <param name="level">Vector width.</param>
    public static void BlendRing(ReadOnlySpan<float> ring, int slot, ReadOnlySpan<float> weights, Span<byte> bytes, SimdLevel level)
    {
        int n = bytes.Length;
        int i = 0;
        int end = weights.Length * n;
        int first = slot * n;
        ref float source = ref At(ring);
        ref byte target = ref At<byte>(bytes);
        if (Vector512.IsHardwareAccelerated && level >= SimdLevel.Vector512)
        {
            for (; i <= n - 64; i += 64)
            {
                Vector512<float> a = default, b = default, c = default, d = default;
                int row = first;
                for (int k = 0; k < weights.Length; k++)
                {
                    Vector512<float> weight = Vector512.Create(weights[k]);
                    nuint at = (nuint)(row + i);
                    a = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref source, at), weight, a);
                    b = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref source, at + 16), weight, b);
                    c = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref source, at + 32), weight, c);
                    d = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref source, at + 48), weight, d);
                    row = row + n == end ? 0 : row + n;
                }
                Vector512<ushort> low = Vector512.Narrow(
                    Vector512.ConvertToInt32Native(a).AsUInt32(), Vector512.ConvertToInt32Native(b).AsUInt32());
                Vector512<ushort> high = Vector512.Narrow(
                    Vector512.ConvertToInt32Native(c).AsUInt32(), Vector512.ConvertToInt32Native(d).AsUInt32());
                Vector512.Narrow(low, high).StoreUnsafe(ref target, (nuint)i);
            }
        }
        if (Vector256.IsHardwareAccelerated && level >= SimdLevel.Vector256)
        {
            for (; i <= n - 32; i += 32)
            {
                Vector256<float> a = default, b = default, c = default, d = default;
                int row = first;
                for (int k = 0; k < weights.Length; k++)
                {
                    Vector256<float> weight = Vector256.Create(weights[k]);
                    nuint at = (nuint)(row + i);
                    a = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref source, at), weight, a);
                    b = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref source, at + 8), weight, b);
                    c = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref source, at + 16), weight, c);
                    d = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref source, at + 24), weight, d);
                    row = row + n == end ? 0 : row + n;
                }
                Vector256<ushort> low = Vector256.Narrow(
                    Vector256.ConvertToInt32Native(a).AsUInt32(), Vector256.ConvertToInt32Native(b).AsUInt32());
                Vector256<ushort> high = Vector256.Narrow(
                    Vector256.ConvertToInt32Native(c).AsUInt32(), Vector256.ConvertToInt32Native(d).AsUInt32());
                Vector256.Narrow(low, high).StoreUnsafe(ref target, (nuint)i);
            }
        }
        if (Vector128.IsHardwareAccelerated && level >= SimdLevel.Vector128)
        {
            for (; i <= n - 16; i += 16)
            {
                Vector128<float> a = default, b = default, c = default, d = default;
                int row = first;
                for (int k = 0; k < weights.Length; k++)
                {
                    Vector128<float> weight = Vector128.Create(weights[k]);
                    nuint at = (nuint)(row + i);
                    a = Vector128.FusedMultiplyAdd(Vector128.LoadUnsafe(ref source, at), weight, a);
                    b = Vector128.FusedMultiplyAdd(Vector128.LoadUnsafe(ref source, at + 4), weight, b);
                    c = Vector128.FusedMultiplyAdd(Vector128.LoadUnsafe(ref source, at + 8), weight, c);
                    d = Vector128.FusedMultiplyAdd(Vector128.LoadUnsafe(ref source, at + 12), weight, d);
                    row = row + n == end ? 0 : row + n;
                }
                Vector128<ushort> low = Vector128.Narrow(
                    Vector128.ConvertToInt32Native(a).AsUInt32(), Vector128.ConvertToInt32Native(b).AsUInt32());
                Vector128<ushort> high = Vector128.Narrow(
                    Vector128.ConvertToInt32Native(c).AsUInt32(), Vector128.ConvertToInt32Native(d).AsUInt32());
                Vector128.Narrow(low, high).StoreUnsafe(ref target, (nuint)i);
            }
        }
        for (; i < n; i++)
        {
            float value = 0;
            int row = first;
            for (int k = 0; k < weights.Length; k++)
            {
                value = MathF.FusedMultiplyAdd(ring[row + i], weights[k], value);
                row = row + n == end ? 0 : row + n;
            }
            bytes[i] = (byte)value;
        }
    }
}
