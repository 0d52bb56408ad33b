namespace EdgeSimToReal.Core.Labels;

/// <summary>
/// What a label-conditioned generator is told: for each cell of the structure code and each class the share of the cell's pixels that
/// have the class. Pixels without a class (<see cref="LabelSpace.Ignore"/> and other ids beyond the classes) count for none.
/// </summary>
public static class LabelMap
{
    /// <summary>Makes a map; allocates nothing.</summary>
    /// <param name="labels">Ids of a dense label space at the image's size, [height, width].</param>
    /// <param name="width">The image's width, a multiple of <paramref name="stride"/>.</param>
    /// <param name="height">The image's height, a multiple of <paramref name="stride"/>.</param>
    /// <param name="stride">Image pixels of a cell in each direction, a power of two: only then shares are exact.</param>
    /// <param name="map">
    /// [classes, height / stride, width / stride], values in [0, 1]; its length tells the classes; written entirely.
    /// </param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public static void Fill(ReadOnlySpan<byte> labels, int width, int height, int stride, Span<float> map)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        int columns = width / stride, rows = height / stride, cells = columns * rows;
        if (cells == 0 || columns * stride != width || rows * stride != height)
            throw new ArgumentException($"An image of {width}x{height} has no whole cells of {stride}x{stride}.");
        int classes = map.Length / cells;
        if (labels.Length != width * height || classes * cells != map.Length || classes > LabelSpace.Ignore)
            throw new ArgumentException($"{labels.Length} labels and {map.Length} shares do not suit an image of {width}x{height}.");
        float share = 1f / (stride * stride);
        Span<int> counts = stackalloc int[256];
        for (int cell = 0; cell < cells; cell++)
        {
            counts.Clear();
            int first = (cell / columns * stride * width) + (cell % columns * stride);
            for (int y = 0; y < stride; y++)
            {
                foreach (byte label in labels.Slice(first + (y * width), stride))
                    counts[label]++;
            }
            for (int c = 0; c < classes; c++)
                map[(c * cells) + cell] = counts[c] * share;
        }
    }
}
