using System.Runtime.Intrinsics;

namespace EdgeSimToReal.Runtime.Pixels;

/// <summary>Weighted sums within a row: the horizontal half of resampling.</summary>
/// <remarks>
/// A pixel is four floats in one 128-bit vector, whatever the level: neighbouring target pixels start at unrelated source pixels,
/// and a gather costs more than the idle fourth lane.
/// </remarks>
internal static partial class PixelKernels
{
    /// <summary>Resamples a row of pixels into three normalised planes.</summary>
    /// <param name="pixels">Values in 0..255 in the order B, G, R, A, [source, 4].</param>
    /// <param name="axis">The weights.</param>
    /// <param name="red">Values in [−1, 1], [target].</param>
    /// <param name="green">The same.</param>
    /// <param name="blue">The same.</param>
    /// <param name="level">Vector width.</param>
    public static void ResampleToPlanes(
        ReadOnlySpan<float> pixels, ResampleAxis axis, Span<float> red, Span<float> green, Span<float> blue, SimdLevel level)
    {
        int n = blue.Length;
        int taps = axis.Taps;
        int i = 0;
        ReadOnlySpan<int> start = axis.Start;
        ReadOnlySpan<float> weights = axis.Weights;
        if (Vector128.IsHardwareAccelerated && level >= SimdLevel.Vector128)
        {
            for (; i <= n - 4; i += 4)
            {
                Vector128<float> a = default, b = default, c = default, d = default;
                ref float pixelsA = ref At(pixels, 4 * start[i]);
                ref float pixelsB = ref At(pixels, 4 * start[i + 1]);
                ref float pixelsC = ref At(pixels, 4 * start[i + 2]);
                ref float pixelsD = ref At(pixels, 4 * start[i + 3]);
                ref float weightsA = ref At(weights, i * taps);
                ref float weightsB = ref At(weights, (i + 1) * taps);
                ref float weightsC = ref At(weights, (i + 2) * taps);
                ref float weightsD = ref At(weights, (i + 3) * taps);
                for (nuint k = 0; k < (nuint)taps; k++)
                {
                    a = Add(a, ref pixelsA, k, ref weightsA, k);
                    b = Add(b, ref pixelsB, k, ref weightsB, k);
                    c = Add(c, ref pixelsC, k, ref weightsC, k);
                    d = Add(d, ref pixelsD, k, ref weightsD, k);
                }
                Transpose(ref a, ref b, ref c, ref d);
                Normalise(a).StoreUnsafe(ref At<float>(blue, i));
                Normalise(b).StoreUnsafe(ref At<float>(green, i));
                Normalise(c).StoreUnsafe(ref At<float>(red, i));
            }
        }
        for (; i < n; i++)
        {
            float b = 0, g = 0, r = 0;
            for (int k = 0; k < taps; k++)
            {
                int at = 4 * (start[i] + k);
                float weight = weights[i * taps + k];
                b = MathF.FusedMultiplyAdd(pixels[at], weight, b);
                g = MathF.FusedMultiplyAdd(pixels[at + 1], weight, g);
                r = MathF.FusedMultiplyAdd(pixels[at + 2], weight, r);
            }
            blue[i] = Normalise(b);
            green[i] = Normalise(g);
            red[i] = Normalise(r);
        }
    }

    /// <summary>Resamples a row of pixels.</summary>
    /// <param name="pixels">Values, [source, 4].</param>
    /// <param name="axis">The weights.</param>
    /// <param name="result">Values, [target, 4].</param>
    /// <param name="level">Vector width.</param>
    public static void ResampleRow(ReadOnlySpan<float> pixels, ResampleAxis axis, Span<float> result, SimdLevel level)
    {
        int taps = axis.Taps;
        ReadOnlySpan<int> start = axis.Start;
        ReadOnlySpan<float> weights = axis.Weights;
        if (Vector128.IsHardwareAccelerated && level >= SimdLevel.Vector128)
        {
            ref float weight = ref At(weights);
            ref float target = ref At<float>(result);
            if (taps == 2)
            {
                // Enlarging, the usual case here, which a loop over two taps would slow down to half.
                for (int i = 0; i < start.Length; i++)
                {
                    ref float source = ref At(pixels, 4 * start[i]);
                    Vector128<float> sum = Add(default, ref source, 0, ref weight, 2 * (nuint)i);
                    Add(sum, ref source, 1, ref weight, 2 * (nuint)i + 1).StoreUnsafe(ref target, 4 * (nuint)i);
                }
                return;
            }
            for (int i = 0; i < start.Length; i++)
            {
                ref float source = ref At(pixels, 4 * start[i]);
                Vector128<float> sum = default;
                for (nuint k = 0; k < (nuint)taps; k++)
                    sum = Add(sum, ref source, k, ref weight, (nuint)(i * taps) + k);
                sum.StoreUnsafe(ref target, 4 * (nuint)i);
            }
            return;
        }
        for (int i = 0; i < result.Length; i++)
        {
            float sum = 0;
            for (int k = 0; k < taps; k++)
                sum = MathF.FusedMultiplyAdd(pixels[4 * (start[i / 4] + k) + i % 4], weights[i / 4 * taps + k], sum);
            result[i] = sum;
        }
    }

    /// <summary>Three planes to pixels whose truncation is the rounded byte: clamped to 0.5..255.5, NaN as 0.5, alpha 255.5.</summary>
    /// <param name="red">Values, [n].</param>
    /// <param name="green">The same.</param>
    /// <param name="blue">The same.</param>
    /// <param name="pixels">The result in the order B, G, R, A, [n, 4].</param>
    /// <param name="level">Vector width.</param>
    public static void ToPixels(
        ReadOnlySpan<float> red, ReadOnlySpan<float> green, ReadOnlySpan<float> blue, Span<float> pixels, SimdLevel level)
    {
        int n = blue.Length;
        int i = 0;
        if (Vector128.IsHardwareAccelerated && level >= SimdLevel.Vector128)
        {
            ref float target = ref At<float>(pixels);
            for (; i <= n - 4; i += 4)
            {
                Vector128<float> a = Quantise(Vector128.LoadUnsafe(ref At(blue, i)));
                Vector128<float> b = Quantise(Vector128.LoadUnsafe(ref At(green, i)));
                Vector128<float> c = Quantise(Vector128.LoadUnsafe(ref At(red, i)));
                Vector128<float> d = Vector128.Create(255 + Half);
                Transpose(ref a, ref b, ref c, ref d);
                a.StoreUnsafe(ref target, 4 * (nuint)i);
                b.StoreUnsafe(ref target, 4 * (nuint)i + 4);
                c.StoreUnsafe(ref target, 4 * (nuint)i + 8);
                d.StoreUnsafe(ref target, 4 * (nuint)i + 12);
            }
        }
        for (; i < n; i++)
        {
            pixels[4 * i] = Quantise(blue[i]);
            pixels[4 * i + 1] = Quantise(green[i]);
            pixels[4 * i + 2] = Quantise(red[i]);
            pixels[4 * i + 3] = 255 + Half;
        }
    }
}
