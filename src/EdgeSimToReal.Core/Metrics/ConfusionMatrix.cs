using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Core.Metrics;

/// <summary>Counts of (true, predicted) label pairs, and the segmentation metrics of chapter 4.3 of the paper.</summary>
/// <remarks>
/// Conventions: pixels whose true label is <see cref="LabelSpace.Ignore"/> (or out of range) are dropped; a prediction out of range
/// counts as an error of its true class. IoU = TP / (TP + FP + FN); means run over the classes that occur (in the truth or the
/// prediction for IoU, in the truth for accuracy), the others are NaN.
/// </remarks>
public sealed class ConfusionMatrix
{
    private readonly long[] _counts; // [classes, classes + 1]; the last column holds predictions out of range

    /// <summary>Creates an empty matrix.</summary>
    /// <param name="classes">Number of classes, 1..255.</param>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, 255);
        Classes = classes;
        _counts = new long[classes * (classes + 1)];
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Number of counted pixels.</summary>
    public long Total => _counts.Sum();

    /// <summary>The count of one pair.</summary>
    /// <param name="truth">True class, 0 .. <see cref="Classes"/> - 1.</param>
    /// <param name="prediction">Predicted class; <see cref="Classes"/> is "out of range".</param>
    public long this[int truth, int prediction] => _counts[(truth * (Classes + 1)) + prediction];

    /// <summary>Counts the pairs of two label images of equal size.</summary>
    /// <param name="truth">True ids.</param>
    /// <param name="prediction">Predicted ids, as many.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Add(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction)
    {
        if (truth.Length != prediction.Length)
            throw new ArgumentException($"{truth.Length} true and {prediction.Length} predicted labels.", nameof(prediction));
        int i = 0;
        // Label images are runs of one class: most blocks hold a single pair, which is counted at once.
        if (Vector256.IsHardwareAccelerated)
        {
            ref byte t = ref MemoryMarshal.GetReference(truth), p = ref MemoryMarshal.GetReference(prediction);
            for (; i <= truth.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
            {
                Vector256<byte> same = Vector256.Equals(Vector256.LoadUnsafe(ref t, (nuint)i), Vector256.Create(truth[i]))
                    & Vector256.Equals(Vector256.LoadUnsafe(ref p, (nuint)i), Vector256.Create(prediction[i]));
                if (same == Vector256<byte>.AllBitsSet)
                    Count(truth[i], prediction[i], Vector256<byte>.Count);
                else
                    AddSingly(truth.Slice(i, Vector256<byte>.Count), prediction.Slice(i, Vector256<byte>.Count));
            }
        }
        AddSingly(truth[i..], prediction[i..]);
    }

    /// <summary>Takes another matrix's counts away, which were added before.</summary>
    /// <param name="other">A matrix of as many classes.</param>
    public void Subtract(ConfusionMatrix other)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(other.Classes, Classes);
        for (int i = 0; i < _counts.Length; i++)
            _counts[i] -= other._counts[i];
    }

    /// <summary>Adds another matrix's counts.</summary>
    /// <param name="other">A matrix of as many classes.</param>
    public void Add(ConfusionMatrix other)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(other.Classes, Classes);
        for (int i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
    }

    /// <summary>Takes over counts that were made elsewhere.</summary>
    /// <param name="counts">[classes, classes + 1]; the last column holds predictions out of range.</param>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    public void Set(ReadOnlySpan<int> counts)
    {
        if (counts.Length != _counts.Length)
            throw new ArgumentException($"{counts.Length} counts for a matrix of {_counts.Length}.", nameof(counts));
        for (int i = 0; i < counts.Length; i++)
            _counts[i] = counts[i];
    }

    /// <summary>Sets all counts to zero.</summary>
    public void Clear() => Array.Clear(_counts);

    /// <summary>Share of pixels predicted right, 0..1; NaN when nothing was counted.</summary>
    public double OverallAccuracy()
    {
        long right = 0;
        for (int c = 0; c < Classes; c++)
            right += this[c, c];
        return (double)right / Total;
    }

    /// <summary>Mean over the true classes of the share predicted right, 0..1.</summary>
    public double MeanAccuracy() => NanMean(static (matrix, c) => matrix.ClassAccuracy(c));

    /// <summary>Mean intersection over union over the classes that occur, 0..1.</summary>
    public double MeanIoU() => NanMean(static (matrix, c) => matrix.IoU(c));

    /// <summary>Share of one true class's pixels predicted right; NaN where the truth lacks the class.</summary>
    /// <param name="c">Class, 0 .. <see cref="Classes"/> - 1.</param>
    public double ClassAccuracy(int c) => (double)this[c, c] / TrueCount(c);

    /// <summary>Intersection over union of one class; NaN where it occurs in neither truth nor prediction.</summary>
    /// <param name="c">Class, 0 .. <see cref="Classes"/> - 1.</param>
    public double IoU(int c)
    {
        long predicted = 0;
        for (int t = 0; t < Classes; t++)
            predicted += this[t, c];
        return (double)this[c, c] / (TrueCount(c) + predicted - this[c, c]);
    }

    private void AddSingly(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction)
    {
        for (int i = 0; i < truth.Length; i++)
            Count(truth[i], prediction[i], 1);
    }

    private void Count(byte truth, byte prediction, int pixels)
    {
        if (truth < Classes)
            _counts[(truth * (Classes + 1)) + Math.Min(prediction, Classes)] += pixels;
    }

    private long TrueCount(int c)
    {
        long sum = 0;
        for (int p = 0; p <= Classes; p++)
            sum += this[c, p];
        return sum;
    }

    // Static functions, which are made once: a mean allocates nothing.
    private double NanMean(Func<ConfusionMatrix, int, double> metric)
    {
        double sum = 0;
        int count = 0;
        for (int c = 0; c < Classes; c++)
        {
            double value = metric(this, c);
            if (double.IsNaN(value))
                continue;
            sum += value;
            count++;
        }
        return sum / count;
    }
}
