using ILGPU;

namespace EdgeSimToReal.Kernels;

/// <summary>Labels on the device: network scores to ids, ids to another label space, their counts, their colours.</summary>
public static class LabelKernels
{
    /// <summary>Each id through a table.</summary>
    /// <param name="source">Ids, [n].</param>
    /// <param name="table">The new id of each id, [256].</param>
    /// <param name="target">The new ids, [n]; may be <paramref name="source"/>.</param>
    [Kernel(256)]
    public static void Remap(ArrayView<byte> source, ArrayView<byte> table, ArrayView<byte> target)
    {
        int i = Grid.GlobalIndex.X;
        if (i < source.IntLength)
            target[i] = table[(int)source[i]];
    }

    /// <summary>The class of the greatest score at each pixel: the first of equals, never one of NaN, and 0 where all are NaN.</summary>
    /// <param name="scores">fp32, [<paramref name="classes"/>, n].</param>
    /// <param name="classes">1..256.</param>
    /// <param name="ids">[n].</param>
    [Kernel(256)]
    public static void ArgMaxSingle(ArrayView<float> scores, int classes, ArrayView<byte> ids) =>
        ArgMax<float, SingleElement>(scores, classes, ids);

    /// <summary>The same of fp16 scores.</summary>
    /// <param name="scores">Bits of halves, [<paramref name="classes"/>, n].</param>
    /// <param name="classes">1..256.</param>
    /// <param name="ids">[n].</param>
    [Kernel(256)]
    public static void ArgMaxHalf(ArrayView<ushort> scores, int classes, ArrayView<byte> ids) =>
        ArgMax<ushort, HalfElement>(scores, classes, ids);

    /// <summary>Adds the (true, predicted) pairs to a confusion matrix: the device twin of Core's ConfusionMatrix.Add.</summary>
    /// <remarks>
    /// Each group counts in a matrix of its own in dynamic shared memory, <paramref name="classes"/> · (classes + 1) · 4 bytes, so that
    /// neighbouring pixels, which mostly have one class, do not queue for one cell of global memory. The groups share the pixels
    /// evenly however many there are.
    /// </remarks>
    /// <param name="truth">True ids, [n]; those of <paramref name="classes"/> and above are not counted.</param>
    /// <param name="prediction">Predicted ids, [n]; those of <paramref name="classes"/> and above count in the last column.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="counts">[classes, classes + 1].</param>
    [Kernel(256)]
    public static void Confusion(ArrayView<byte> truth, ArrayView<byte> prediction, int classes, ArrayView<int> counts)
    {
        ArrayView<int> shared = SharedMemory.GetDynamic<int>();
        int columns = classes + 1, cells = classes * columns;
        for (int i = Group.IdxX; i < cells; i += Group.DimX)
            shared[i] = 0;
        Group.Barrier();
        int n = truth.IntLength, step = Grid.DimX * Group.DimX;
        for (int i = Grid.GlobalIndex.X; i < n; i += step)
        {
            int t = truth[i], p = prediction[i];
            if (t < classes)
                Atomic.Add(ref shared[t * columns + (p < classes ? p : classes)], 1);
        }
        Group.Barrier();
        for (int i = Group.IdxX; i < cells; i += Group.DimX)
        {
            int count = shared[i];
            if (count != 0)
                Atomic.Add(ref counts[i], count);
        }
    }

    /// <summary>Blends each label's colour with the picture: the device twin of Imaging's Overlay.</summary>
    /// <param name="picture">Pixels B, G, R, A from the lowest byte, [n].</param>
    /// <param name="ids">One id a pixel, [n].</param>
    /// <param name="colours">The colour of each id as a pixel, [256]; with alpha 0 the picture stays as it is.</param>
    /// <param name="opacity">0 shows the picture alone, 256 the labels alone.</param>
    /// <param name="target">The result with alpha 255, [n]; may be <paramref name="picture"/>.</param>
    [Kernel(256)]
    public static void Overlay(ArrayView<uint> picture, ArrayView<byte> ids, ArrayView<uint> colours, int opacity, ArrayView<uint> target)
    {
        int i = Grid.GlobalIndex.X;
        if (i >= ids.IntLength)
            return;
        uint pixel = picture[i], colour = colours[(int)ids[i]];
        uint weight = colour >> 24 == 0 ? 0 : (uint)opacity;
        target[i] = 0xFF000000u | Blend(pixel, colour, weight, 16) | Blend(pixel, colour, weight, 8) | Blend(pixel, colour, weight, 0);
    }

    private static void ArgMax<T, TElement>(ArrayView<T> scores, int classes, ArrayView<byte> ids)
        where T : unmanaged
        where TElement : struct, IElement<T>
    {
        int i = Grid.GlobalIndex.X, n = ids.IntLength;
        if (i >= n)
            return;
        TElement element = default;
        float best = float.NegativeInfinity;
        int id = 0;
        for (int c = 0; c < classes; c++)
        {
            float score = element.Load(scores[c * n + i]);
            if (score > best)
            {
                best = score;
                id = c;
            }
        }
        ids[i] = (byte)id;
    }

    private static uint Blend(uint pixel, uint colour, uint weight, int shift) =>
        (((((pixel >> shift) & 255) * (256 - weight)) + (((colour >> shift) & 255) * weight) + 128) >> 8) << shift;
}
