using ILGPU;

namespace EdgeSimToReal.Kernels;

/// <summary>Frames to the network's input and back, one thread a pixel: the device twins of the runtime's PixelConverter.</summary>
/// <remarks>
/// The resize policies live in the tables: for each target column and row the first source pixel and the weights of those that follow.
/// A copy has one tap of weight 1; a letterbox repeats the table's first and last entries; a cut starts further in. Sums run in the
/// order of the CPU path, and every step rounds alike, so the results have the same bits.
/// </remarks>
public static class FrameKernels
{
    private const float Centre = 127.5f;
    private const float InverseCentre = 1 / 127.5f;
    private const float Half = 0.5f;

    /// <summary>BGRA8 to planes R, G, B in [-1, 1], fp32.</summary>
    /// <param name="frame">Pixels B, G, R, A from the lowest byte, [h, <paramref name="frameWidth"/>].</param>
    /// <param name="frameWidth">Pixels from row to row.</param>
    /// <param name="columns">The first source column of each target column, [W].</param>
    /// <param name="columnWeights">[W, <paramref name="columnTaps"/>].</param>
    /// <param name="columnTaps">Source columns per target column.</param>
    /// <param name="rows">The first source row of each target row, [H].</param>
    /// <param name="rowWeights">[H, <paramref name="rowTaps"/>].</param>
    /// <param name="rowTaps">Source rows per target row.</param>
    /// <param name="planes">[3, H, W].</param>
    [Kernel(32, 8)]
    public static void PrepareSingle(ArrayView<uint> frame, int frameWidth, ArrayView<int> columns, ArrayView<float> columnWeights,
        int columnTaps, ArrayView<int> rows, ArrayView<float> rowWeights, int rowTaps, ArrayView<float> planes) =>
        Prepare<float, SingleElement>(frame, frameWidth, columns, columnWeights, columnTaps, rows, rowWeights, rowTaps, planes);

    /// <summary>The same in fp16: <see cref="PrepareSingle"/>'s values, rounded.</summary>
    /// <param name="frame">Pixels B, G, R, A from the lowest byte, [h, <paramref name="frameWidth"/>].</param>
    /// <param name="frameWidth">Pixels from row to row.</param>
    /// <param name="columns">The first source column of each target column, [W].</param>
    /// <param name="columnWeights">[W, <paramref name="columnTaps"/>].</param>
    /// <param name="columnTaps">Source columns per target column.</param>
    /// <param name="rows">The first source row of each target row, [H].</param>
    /// <param name="rowWeights">[H, <paramref name="rowTaps"/>].</param>
    /// <param name="rowTaps">Source rows per target row.</param>
    /// <param name="planes">Bits of halves, [3, H, W].</param>
    [Kernel(32, 8)]
    public static void PrepareHalf(ArrayView<uint> frame, int frameWidth, ArrayView<int> columns, ArrayView<float> columnWeights,
        int columnTaps, ArrayView<int> rows, ArrayView<float> rowWeights, int rowTaps, ArrayView<ushort> planes) =>
        Prepare<ushort, HalfElement>(frame, frameWidth, columns, columnWeights, columnTaps, rows, rowWeights, rowTaps, planes);

    /// <summary>Planes R, G, B, fp32, to BGRA8: clamped, resampled, rounded, alpha 255.</summary>
    /// <param name="planes">[3, h, <paramref name="planeWidth"/>].</param>
    /// <param name="planeWidth">Values from row to row.</param>
    /// <param name="columns">The first source column of each target column, [W].</param>
    /// <param name="columnWeights">[W, <paramref name="columnTaps"/>].</param>
    /// <param name="columnTaps">Source columns per target column.</param>
    /// <param name="rows">The first source row of each target row, [H].</param>
    /// <param name="rowWeights">[H, <paramref name="rowTaps"/>].</param>
    /// <param name="rowTaps">Source rows per target row.</param>
    /// <param name="picture">Pixels B, G, R, A from the lowest byte, [H, W].</param>
    [Kernel(32, 8)]
    public static void FinishSingle(ArrayView<float> planes, int planeWidth, ArrayView<int> columns, ArrayView<float> columnWeights,
        int columnTaps, ArrayView<int> rows, ArrayView<float> rowWeights, int rowTaps, ArrayView<uint> picture) =>
        Finish<float, SingleElement>(planes, planeWidth, columns, columnWeights, columnTaps, rows, rowWeights, rowTaps, picture);

    /// <summary>The same of fp16.</summary>
    /// <param name="planes">Bits of halves, [3, h, <paramref name="planeWidth"/>].</param>
    /// <param name="planeWidth">Values from row to row.</param>
    /// <param name="columns">The first source column of each target column, [W].</param>
    /// <param name="columnWeights">[W, <paramref name="columnTaps"/>].</param>
    /// <param name="columnTaps">Source columns per target column.</param>
    /// <param name="rows">The first source row of each target row, [H].</param>
    /// <param name="rowWeights">[H, <paramref name="rowTaps"/>].</param>
    /// <param name="rowTaps">Source rows per target row.</param>
    /// <param name="picture">Pixels B, G, R, A from the lowest byte, [H, W].</param>
    [Kernel(32, 8)]
    public static void FinishHalf(ArrayView<ushort> planes, int planeWidth, ArrayView<int> columns, ArrayView<float> columnWeights,
        int columnTaps, ArrayView<int> rows, ArrayView<float> rowWeights, int rowTaps, ArrayView<uint> picture) =>
        Finish<ushort, HalfElement>(planes, planeWidth, columns, columnWeights, columnTaps, rows, rowWeights, rowTaps, picture);

    private static void Prepare<T, TElement>(ArrayView<uint> frame, int frameWidth, ArrayView<int> columns, ArrayView<float> columnWeights,
        int columnTaps, ArrayView<int> rows, ArrayView<float> rowWeights, int rowTaps, ArrayView<T> planes)
        where T : unmanaged
        where TElement : struct, IElement<T>
    {
        int x = Grid.GlobalIndex.X, y = Grid.GlobalIndex.Y;
        int width = columns.IntLength, height = rows.IntLength;
        if (x >= width || y >= height)
            return;
        int left = columns[x], top = rows[y];
        float red = 0, green = 0, blue = 0;
        // Rows within columns, as the CPU path, which blends whole rows first.
        for (int i = 0; i < columnTaps; i++)
        {
            float r = 0, g = 0, b = 0;
            for (int j = 0; j < rowTaps; j++)
            {
                // As int: C# has no instruction from unsigned integers to fp32, and goes by way of fp64.
                int pixel = (int)frame[(top + j) * frameWidth + left + i];
                float weight = rowWeights[y * rowTaps + j];
                b = DeviceMath.FusedMultiplyAdd(pixel & 255, weight, b);
                g = DeviceMath.FusedMultiplyAdd((pixel >> 8) & 255, weight, g);
                r = DeviceMath.FusedMultiplyAdd((pixel >> 16) & 255, weight, r);
            }
            float columnWeight = columnWeights[x * columnTaps + i];
            red = DeviceMath.FusedMultiplyAdd(r, columnWeight, red);
            green = DeviceMath.FusedMultiplyAdd(g, columnWeight, green);
            blue = DeviceMath.FusedMultiplyAdd(b, columnWeight, blue);
        }
        TElement element = default;
        int at = y * width + x, plane = width * height;
        planes[at] = element.Store(Normalise(red));
        planes[at + plane] = element.Store(Normalise(green));
        planes[at + 2 * plane] = element.Store(Normalise(blue));
    }

    private static void Finish<T, TElement>(ArrayView<T> planes, int planeWidth, ArrayView<int> columns, ArrayView<float> columnWeights,
        int columnTaps, ArrayView<int> rows, ArrayView<float> rowWeights, int rowTaps, ArrayView<uint> picture)
        where T : unmanaged
        where TElement : struct, IElement<T>
    {
        int x = Grid.GlobalIndex.X, y = Grid.GlobalIndex.Y;
        int width = columns.IntLength;
        if (x >= width || y >= rows.IntLength)
            return;
        TElement element = default;
        int plane = planes.IntLength / 3, corner = rows[y] * planeWidth + columns[x];
        float red = 0, green = 0, blue = 0;
        // Columns within rows, as the CPU path, which widens whole rows first.
        for (int j = 0; j < rowTaps; j++)
        {
            float r = 0, g = 0, b = 0;
            for (int i = 0; i < columnTaps; i++)
            {
                int at = corner + j * planeWidth + i;
                float weight = columnWeights[x * columnTaps + i];
                r = DeviceMath.FusedMultiplyAdd(Quantise(element.Load(planes[at])), weight, r);
                g = DeviceMath.FusedMultiplyAdd(Quantise(element.Load(planes[at + plane])), weight, g);
                b = DeviceMath.FusedMultiplyAdd(Quantise(element.Load(planes[at + 2 * plane])), weight, b);
            }
            float rowWeight = rowWeights[y * rowTaps + j];
            red = DeviceMath.FusedMultiplyAdd(r, rowWeight, red);
            green = DeviceMath.FusedMultiplyAdd(g, rowWeight, green);
            blue = DeviceMath.FusedMultiplyAdd(b, rowWeight, blue);
        }
        picture[y * width + x] = 0xFF000000u | ((uint)(int)red << 16) | ((uint)(int)green << 8) | (uint)(int)blue;
    }

    private static float Normalise(float value) => (value - Centre) * InverseCentre;

    // [-1, 1] to [0.5, 255.5], whose truncation is the rounded byte; NaN counts as -1.
    private static float Quantise(float value)
    {
        float scaled = DeviceMath.FusedMultiplyAdd(value, Centre, Centre + Half);
        return !(scaled > Half) ? Half : scaled < 255 + Half ? scaled : 255 + Half;
    }
}
