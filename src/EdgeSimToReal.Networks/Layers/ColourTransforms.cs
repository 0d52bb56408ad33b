using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>
/// Local affine colour transforms: a 3×4 matrix for each cell of a map, interpolated bilinearly and applied to a picture. What the picture
/// shows sharply stays sharp.
/// </summary>
internal static class ColourTransforms
{
    // At first half of the standardised frame: grey of middle contrast on [-1, 1].
    private const float InitialGain = 0.5f;

    /// <summary>The coefficients' bias at first, [1, 12, 1, 1]: the same transform everywhere.</summary>
    public static Tensor InitialBias() => tensor(
        new[] { InitialGain, 0, 0, 0, 0, InitialGain, 0, 0, 0, 0, InitialGain, 0 }, [1, 12, 1, 1]);

    /// <summary>Σ over k of M[c, k]·picture[k] + M[c, 3] for each pixel and channel c.</summary>
    /// <param name="coefficients">Rows of M, one after the other, [N, 12, h, w].</param>
    /// <param name="picture">[N, 3, H, W], H and W multiples of h and w; fp32 at least.</param>
    /// <returns>[N, 3, H, W] in the picture's type.</returns>
    public static Tensor Apply(Tensor coefficients, Tensor picture)
    {
        using IDisposable scope = NewDisposeScope();
        long n = picture.shape[0], height = picture.shape[2], width = picture.shape[3];
        Tensor matrices = nn.functional.interpolate(coefficients.As(picture), [height, width], mode: InterpolationMode.Bilinear, align_corners: false)
            .view(n, 3, 4, height, width);
        Tensor linear = (matrices.narrow(2, 0, 3) * picture.unsqueeze(1)).sum([2L]);
        return (linear + matrices.select(2, 3)).MoveToOuterDisposeScope();
    }
}
