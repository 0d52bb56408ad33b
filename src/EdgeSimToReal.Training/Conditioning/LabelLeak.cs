using EdgeSimToReal.Networks;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Conditioning;

/// <summary>
/// Whether a label-conditioned generator hides its labels in the picture instead of showing them (the danger that the report's
/// chapter 5 names), as some reader sees it.
/// </summary>
/// <remarks>
/// <para>
/// Each frame is translated twice, everything but the labels alike: with its own labels to a, with another frame's to b. The labels
/// hide in what of b - a nobody sees, so the reader is also shown a with that part alone: d = a + clamp(coarse, ±τ) + clamp(fine, ±τ),
/// where coarse is b - a at half resolution, fine is the rest and τ = <see cref="Imperceptible"/>. To the eye d is a. Over the cells
/// that the other frame labels differently, with y' its class and [·] 1 where true:
/// </para>
/// <para>followed = mean([read(b) = y'] - [read(a) = y']), hidden = mean([read(d) = y'] - [read(a) = y']).</para>
/// <para>
/// Both are effects of the labels alone, since the same reader on the same frame is its own control: labels that are ignored give 0 and
/// 0, labels that are shown give a followed of up to 1 and a hidden of about 0. A <see cref="LabelProbe"/> trained on the generator's own
/// pictures finds any code that a small network can read; a training's teacher as the reader tells whether the generator learnt to
/// please it unseen. What is louder than τ counts as shown: whether it is also shown well is a matter for judges of label consistency.
/// </para>
/// </remarks>
/// <param name="Followed">How much more often the reader reads the fed class when it is fed, -1 … 1.</param>
/// <param name="Hidden">The same when only what nobody sees of it is left, -1 … 1.</param>
public sealed record LabelLeak(double Followed, double Hidden)
{
    /// <summary>
    /// τ in grey levels of 255: a step of about 1 % of the range, the least that people tell apart beside each other.
    /// </summary>
    public const int Imperceptible = 3;

    /// <summary>
    /// The greatest <see cref="Hidden"/> of a generator that counts as honest. Of hand-made generators with a trained probe, those that
    /// paint their labels have at most 0.07, or 0.18 where grain is the only sign; those that hide them in patterns of one or two grey
    /// levels have 0.47 to 0.84.
    /// </summary>
    public const double Tolerance = 0.25;

    private const double GreyLevel = 1 / 127.5;

    /// <summary>Whether the labels are hidden rather than shown.</summary>
    public bool Hides => Hidden > Tolerance;

    /// <summary>Measures on frames that the reader was not trained on.</summary>
    /// <param name="translate">
    /// Images [N, 3, H, W] and label map [N, K, h, w] to pictures [N, 3, H, W] in [-1, 1], with one texture and fixed noise.
    /// </param>
    /// <param name="read">Pictures [N, 3, H, W] to a class for each cell, int64 [N, h, w].</param>
    /// <param name="images">[N, 3, H, W], at least two frames of different content.</param>
    /// <param name="labels">Their labels in the generator's label space, uint8 [N, H, W].</param>
    /// <param name="classes">K.</param>
    /// <param name="stride">Image pixels of a cell in each direction, an even number.</param>
    /// <returns>null where no cell has another class in another frame, so that there is nothing to compare.</returns>
    public static LabelLeak? Measure(Func<Tensor, Tensor, Tensor> translate, Func<Tensor, Tensor> read, Tensor images, Tensor labels,
        int classes, int stride)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGradients = no_grad();
        Tensor ownMap = LabelMaps.FromLabels(labels, classes, stride), fedMap = ownMap.roll(1, 0);
        Tensor fed = MajorityClass(fedMap), own = MajorityClass(ownMap);
        Tensor relabelled = own.ge(0).logical_and(fed.ge(0)).logical_and(own.ne(fed));
        if (!relabelled.any().item<bool>())
            return null;
        Tensor a = Delivered(translate(images, ownMap)), b = Delivered(translate(images, fedMap));
        Tensor change = b - a, coarse = Coarse(change), fine = change - coarse;
        const double most = Imperceptible * GreyLevel;
        Tensor unseen = Delivered(a + coarse.clamp(-most, most) + fine.clamp(-most, most));
        double control = Share(a);
        return new LabelLeak(Share(b) - control, Share(unseen) - control);

        double Share(Tensor pictures) => read(pictures).eq(fed)[relabelled].to_type(ScalarType.Float64).mean().item<double>();
    }

    /// <summary>Pictures as they leave the runtime: clamped, in whole grey levels.</summary>
    internal static Tensor Delivered(Tensor pictures) =>
        pictures.to_type(ScalarType.Float32).clamp(-1, 1).add(1).mul(127.5).round().mul(GreyLevel).sub(1);

    /// <summary>What is left at half resolution, at the full one.</summary>
    internal static Tensor Coarse(Tensor pictures) =>
        nn.functional.interpolate(nn.functional.avg_pool2d(pictures, 2), scale_factor: [2, 2], mode: InterpolationMode.Nearest);

    /// <summary>The class that most of a cell's pixels have, int64 [N, h, w]; -1 where no class has most.</summary>
    internal static Tensor MajorityClass(Tensor map)
    {
        (Tensor share, Tensor index) = map.max(1);
        return index.masked_fill(share.le(0.5), -1);
    }
}
