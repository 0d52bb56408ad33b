using ILGPU;

namespace EdgeSimToReal.Kernels;

/// <summary>What the label guard measures of a picture that its segmenter read: the device twins of the runtime's GuardKernels.</summary>
public static class ReadingKernels
{
    /// <summary>Numbers of <see cref="Likelihood"/> for each place that the labels are moved to.</summary>
    public const int Sums = 3;

    // log p(label) is counted in whole units of 2^-24, so that sums are exact and the same in whatever order threads add.
    private const float Unit = 1 << 24;
    private const float LeastLog = -9.2f;

    /// <summary>Each pixel's class of the greatest logit, and log Σ exp of its logits.</summary>
    /// <param name="logits">[<paramref name="classes"/>, n]; a NaN is never the greatest, and makes its pixel's sum NaN.</param>
    /// <param name="classes">1..127.</param>
    /// <param name="best">[n].</param>
    /// <param name="logSum">[n].</param>
    [Kernel(256)]
    public static void Classify(ArrayView<float> logits, int classes, ArrayView<byte> best, ArrayView<float> logSum)
    {
        int i = Grid.GlobalIndex.X, n = best.IntLength;
        if (i >= n)
            return;
        float greatest = logits[i];
        int id = 0;
        for (int c = 1; c < classes; c++)
        {
            float value = logits[c * n + i];
            if (value > greatest)
            {
                greatest = value;
                id = c;
            }
        }
        float sum = 0;
        for (int c = 0; c < classes; c++)
            sum += DeviceMath.Exp(logits[c * n + i] - greatest);
        best[i] = (byte)id;
        logSum[i] = greatest + DeviceMath.Log(sum);
    }

    /// <summary>Marks the pixels of each row near a change of labels to the right of or below one of that row.</summary>
    /// <param name="labels">[n].</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="left">The picture's first column: around it is padding, and where that begins no labels meet.</param>
    /// <param name="top">Its first row.</param>
    /// <param name="right">The column after its last.</param>
    /// <param name="bottom">The row after its last.</param>
    /// <param name="reach">How far in the row: pixels (x - reach, x + reach] of a change at x.</param>
    /// <param name="marks">1 for marked pixels, else 0, [n].</param>
    [Kernel(256)]
    public static void MarkChanges(ArrayView<byte> labels, int width, int left, int top, int right, int bottom, int reach,
        ArrayView<byte> marks)
    {
        int i = Grid.GlobalIndex.X, n = labels.IntLength;
        if (i >= n)
            return;
        int row = i / width * width, y = i / width + 1;
        int first = i - reach < row ? row : i - reach, last = i + reach - 1 >= row + width ? row + width - 1 : i + reach - 1;
        int mark = 0;
        for (int u = first; u <= last; u++)
        {
            byte label = labels[u];
            int x = u + 1 - row;
            bool beside = x < width && labels[u + 1] != label && x != left && x != right;
            bool below = u + width < n && labels[u + width] != label && y != top && y != bottom;
            if (beside || below)
                mark = 1;
        }
        marks[i] = (byte)mark;
    }

    /// <summary>Adds up log p(label) over the labelled pixels near a boundary of labels, with the labels where they are and moved.</summary>
    /// <remarks>
    /// Each group counts in dynamic shared memory, <see cref="Sums"/> · <paramref name="places"/> · 8 bytes; the groups share the pixels
    /// evenly however many there are.
    /// </remarks>
    /// <param name="labels">[n]; those of <paramref name="classes"/> and above are none.</param>
    /// <param name="marks">Of <see cref="MarkChanges"/>, [n].</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="reach">How far in the column: less than so many pixels.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="move">By how many pixels labels are moved.</param>
    /// <param name="places">1: the labels where they are; 5: also moved right, left, down and up.</param>
    /// <param name="logits">[classes, n].</param>
    /// <param name="logSum">[n].</param>
    /// <param name="sums">Added to, [places, 3]: log p(label) in units of 2^-24, pixels within the picture, those of NaN.</param>
    [Kernel(256)]
    public static void Likelihood(ArrayView<byte> labels, ArrayView<byte> marks, int width, int reach, int classes, int move, int places,
        ArrayView<float> logits, ArrayView<float> logSum, ArrayView<long> sums)
    {
        ArrayView<long> shared = SharedMemory.GetDynamic<long>();
        for (int i = Group.IdxX; i < places * Sums; i += Group.DimX)
            shared[i] = 0;
        Group.Barrier();
        int n = labels.IntLength, height = n / width, step = Grid.DimX * Group.DimX;
        for (int place = 0; place < places; place++)
        {
            int across = place == 1 ? move : place == 2 ? -move : 0, down = place == 3 ? move : place == 4 ? -move : 0;
            long sum = 0;
            int count = 0, unreadable = 0;
            for (int i = Grid.GlobalIndex.X; i < n; i += step)
            {
                int label = labels[i], y = i / width, x = i - y * width;
                int atX = x + across, atY = y + down;
                if (label >= classes || atX < 0 || atX >= width || atY < 0 || atY >= height || !IsNear(marks, width, height, reach, x, y))
                    continue;
                int at = atY * width + atX;
                float value = logits[label * n + at] - logSum[at];
                count++;
                // Neither above nor below: NaN, which must not pass for a number.
                if (value >= LeastLog)
                    sum += (int)(value * Unit);
                else if (value < LeastLog)
                    sum += (int)(LeastLog * Unit);
                else
                    unreadable++;
            }
            if (count == 0)
                continue;
            Atomic.Add(ref shared[place * Sums], sum);
            Atomic.Add(ref shared[place * Sums + 1], (long)count);
            Atomic.Add(ref shared[place * Sums + 2], (long)unreadable);
        }
        Group.Barrier();
        for (int i = Group.IdxX; i < places * Sums; i += Group.DimX)
        {
            long sum = shared[i];
            if (sum != 0)
                Atomic.Add(ref sums[i], sum);
        }
    }

    /// <summary>Sums up each class's probabilities and labels over squares of pixels, for persons and vehicles that vanish or appear.</summary>
    /// <remarks>A thread for each cell and class, which adds in the order of the CPU path.</remarks>
    /// <param name="labels">[n]; those of <paramref name="classes"/> and above are none.</param>
    /// <param name="width">Pixels of a row, a multiple of <paramref name="side"/>, as the rows' number is.</param>
    /// <param name="side">Pixels of a cell's side.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="objects">The classes to look at.</param>
    /// <param name="logits">[classes, n]; where they are no numbers, the probability is 0.</param>
    /// <param name="logSum">[n].</param>
    /// <param name="cells">[objects, cells, 3]: Σ p(class) over labelled pixels, pixels of that label, labelled pixels.</param>
    [Kernel(256)]
    public static void ObjectCells(ArrayView<byte> labels, int width, int side, int classes, ArrayView<byte> objects,
        ArrayView<float> logits, ArrayView<float> logSum, ArrayView<float> cells)
    {
        int i = Grid.GlobalIndex.X, n = labels.IntLength, across = width / side, count = n / (side * side);
        if (i >= count * objects.IntLength)
            return;
        int k = i / count, cell = i - k * count, down = cell / across;
        int id = objects[k], first = down * side * width + (cell - down * across) * side;
        float probability = 0;
        int labelled = 0, known = 0;
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                int at = first + y * width + x, label = labels[at];
                if (label >= classes)
                    continue;
                float p = DeviceMath.Exp(logits[id * n + at] - logSum[at]);
                known++;
                labelled += label == id ? 1 : 0;
                if (p >= 0)
                    probability += p;
            }
        }
        cells[3 * i] = probability;
        cells[3 * i + 1] = labelled;
        cells[3 * i + 2] = known;
    }

    private static bool IsNear(ArrayView<byte> marks, int width, int height, int reach, int x, int y)
    {
        int first = y - reach + 1 < 0 ? 0 : y - reach + 1, last = y + reach > height ? height : y + reach;
        int near = 0;
        for (int v = first; v < last; v++)
            near |= marks[v * width + x];
        return near != 0;
    }
}
