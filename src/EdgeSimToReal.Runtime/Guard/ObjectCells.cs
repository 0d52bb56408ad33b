using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>
/// Whether persons and vehicles are where their labels are: a single one that vanishes or appears is lost in means over a frame, so each
/// place is looked at by itself. Nothing here allocates.
/// </summary>
internal static class ObjectCells
{
    /// <summary>Pixels of a cell's side; the guard's sizes are multiples of it.</summary>
    public const int Side = 8;

    // A place is so many cells in both directions, and the next one begins a cell further. 256 pixels across 90 degrees: a car that is
    // 14 m away is as wide.
    private const int Together = 2;

    // Places with fewer labelled pixels are not looked at.
    private const int LeastPixels = Together * Together * Side * Side / 2;

    /// <summary>Cells of a picture.</summary>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    public static int Count(int width, int height) => width / Side * (height / Side);

    /// <summary>Sums up each class's probabilities and labels, cell by cell.</summary>
    /// <param name="labels">[height, width]; labels from <paramref name="classes"/> on are none.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="objects">The classes to look at.</param>
    /// <param name="logits">[classes, height, width]; where they are no numbers, the probability is 0.</param>
    /// <param name="logSum">log Σ exp of each pixel's logits, [height, width].</param>
    /// <param name="cells">Gets the sums, [objects, height / 8, width / 8].</param>
    public static void Measure(ReadOnlySpan<byte> labels, int width, int classes, ReadOnlySpan<byte> objects, ReadOnlySpan<float> logits,
        ReadOnlySpan<float> logSum, Span<ObjectCell> cells)
    {
        int pixels = labels.Length, across = width / Side, count = Count(width, pixels / width);
        ref float sums = ref MemoryMarshal.GetReference(logSum);
        Span<float> p = stackalloc float[Side];
        for (int k = 0; k < objects.Length; k++)
        {
            byte id = objects[k];
            ref float scores = ref MemoryMarshal.GetReference(logits.Slice(id * pixels, pixels));
            for (int cell = 0; cell < count; cell++)
            {
                int first = (cell / across * Side * width) + (cell % across * Side);
                float probability = 0;
                int labelled = 0, known = 0;
                for (int y = 0; y < Side; y++)
                {
                    int row = first + (y * width);
                    Vector256.Exp(Vector256.LoadUnsafe(ref scores, (nuint)row) - Vector256.LoadUnsafe(ref sums, (nuint)row)).CopyTo(p);
                    for (int x = 0; x < Side; x++)
                    {
                        byte label = labels[row + x];
                        if (label >= classes)
                            continue;
                        known++;
                        if (label == id)
                            labelled++;
                        if (p[x] >= 0)
                            probability += p[x];
                    }
                }
                cells[(k * count) + cell] = new(probability, labelled, known);
            }
        }
    }

    /// <summary>How much nearer a class's share of a place is to its labels' share than untranslated, where that is least.</summary>
    /// <param name="translated">Sums of the translated picture, [objects, rows, across].</param>
    /// <param name="untranslated">Those of the simulator's.</param>
    /// <param name="objects">Classes, at least one.</param>
    /// <param name="across">Cells of a row.</param>
    /// <returns>-1, an object that filled a place is gone or made up, to 0, none is worse than before.</returns>
    public static double LeastKept(ReadOnlySpan<ObjectCell> translated, ReadOnlySpan<ObjectCell> untranslated, int objects, int across)
    {
        double least = 0;
        int count = translated.Length / objects;
        for (int k = 0; k < objects; k++)
        {
            for (int y = 0; y + Together <= count / across; y++)
            {
                for (int x = 0; x + Together <= across; x++)
                {
                    float now = 0, before = 0, labelled = 0, pixels = 0;
                    for (int i = 0; i < Together * Together; i++)
                    {
                        int cell = (k * count) + ((y + (i / Together)) * across) + x + (i % Together);
                        now += translated[cell].Probability;
                        before += untranslated[cell].Probability;
                        labelled += translated[cell].Labelled;
                        pixels += translated[cell].Pixels;
                    }
                    if (pixels >= LeastPixels)
                        least = Math.Min(least, (Math.Abs((double)before - labelled) - Math.Abs((double)now - labelled)) / pixels);
                }
            }
        }
        return least;
    }
}
