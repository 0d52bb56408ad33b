using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>What the label guard measures, against the CPU's guard.</summary>
public abstract partial class KernelSuite
{
    private const int Reach = LabelGuard.Reach;

    [Fact]
    public void Classify_Equals_the_CPU_path() => ForLengths((n, random) =>
    {
        // The CPU path takes whole vectors of pixels.
        n = (n + 63) / 64 * 64;
        int classes = random.Next(1, 24);
        float[] logits = Logits(random, classes * n);
        byte[] expectedBest = new byte[n];
        float[] expectedSums = new float[n];
        GuardKernels.Classify(logits, classes, expectedBest, expectedSums);
        (byte[] best, float[] sums) = Device.Classify(logits, classes);
        Assert.Equal(expectedBest, best);
        for (int i = 0; i < n; i++)
            AssertClose(expectedSums[i], sums[i]);
    });

    [Fact]
    public void Classify_Is_the_logarithm_of_a_sum_of_exponentials()
    {
        // Independent of the CPU path: fp64.
        const int n = 300, classes = 10;
        float[] logits = Logits(new Random(3), classes * n, special: false);
        (_, float[] sums) = Device.Classify(logits, classes);
        for (int i = 0; i < n; i++)
            AssertClose(Math.Log(Enumerable.Range(0, classes).Sum(c => Math.Exp(logits[(c * n) + i]))), sums[i]);
    }

    [Fact]
    public void Marked_pixels_Are_those_that_the_CPU_lists() => ForMaps((labels, width, classes, random) =>
    {
        int height = labels.Length / width, left = random.Next(width), top = random.Next(height);
        PixelRectangle picture = new(left, top, random.Next(width - left) + 1, random.Next(height - top) + 1);
        byte[] marks = Device.MarkChanges(labels, width, picture, Reach);
        HashSet<int> expected = [.. Boundaries(labels, width, picture, classes)];
        for (int i = 0; i < labels.Length; i++)
        {
            (int x, int y) = (i % width, i / width);
            bool near = Enumerable.Range(y - Reach + 1, (2 * Reach) - 1)
                .Any(v => v >= 0 && v < height && marks[(v * width) + x] == 1);
            Assert.Equal(expected.Contains(i), near && labels[i] < classes);
        }
    });

    // A picture of one label within padding, and one where two labels meet.
    [Fact]
    public void Padding_Begins_where_no_labels_meet()
    {
        const int width = 16, height = 12;
        PixelRectangle picture = new(3, 2, 10, 8);
        byte[] labels = new byte[width * height];
        Array.Fill(labels, (byte)255);
        for (int y = picture.Y; y < picture.Bottom; y++)
            labels.AsSpan(y * width + picture.X, picture.Width).Clear();
        Assert.All(Device.MarkChanges(labels, width, picture, Reach), mark => Assert.Equal(0, mark));
        Assert.Empty(Boundaries(labels, width, picture, 2));
        Assert.NotEmpty(Boundaries(labels, width, new PixelRectangle(0, 0, width, height), 2));
        labels[(6 * width) + 8] = 1;
        Assert.Contains((byte)1, Device.MarkChanges(labels, width, picture, Reach));
        Assert.Contains((6 * width) + 8, Boundaries(labels, width, picture, 2));
    }

    [Fact]
    public void Likelihoods_Equal_the_CPU_path_and_add_up() => ForMaps((labels, width, classes, random) =>
    {
        const int move = LabelGuard.Move;
        int n = labels.Length;
        float[] logits = Logits(random, classes * n, special: false), logSum = new float[n];
        for (int i = 0; i < n; i++)
            logSum[i] = 3 + random.NextSingle();
        PixelRectangle picture = new(0, 0, width, n / width);
        int[] points = Boundaries(labels, width, picture, classes);
        byte[] marks = Device.MarkChanges(labels, width, picture, Reach);
        foreach (int places in new[] { 1, 5 })
        {
            long[] sums = new long[places * ReadingKernels.Sums];
            for (int frame = 0; frame < 2; frame++)
                sums = Device.Likelihood(labels, marks, width, Reach, classes, move, logits, logSum, sums);
            (int Across, int Down)[] moves = [(0, 0), (move, 0), (-move, 0), (0, move), (0, -move)];
            for (int place = 0; place < places; place++)
            {
                (int across, int down) = moves[place];
                double expected = GuardKernels.MeanLogLikelihood(points, labels, width, across, down, logits, logSum);
                long count = sums[(place * ReadingKernels.Sums) + 1];
                Assert.Equal(2 * points.Count(p => p % width + across is >= 0 and var x && x < width
                    && p / width + down is >= 0 and var y && y < n / width), count);
                Assert.Equal(0, sums[(place * ReadingKernels.Sums) + 2]);
                if (count > 0)
                    AssertClose(expected, sums[place * ReadingKernels.Sums] / (double)(1 << 24) / count);
            }
        }
    });

    [Fact]
    public void Likelihood_of_no_number_Is_counted_apart()
    {
        byte[] labels = [0, 0, 1, 1];
        float[] logits = [0, float.NaN, 0, 0, 0, 0, float.NegativeInfinity, 0];
        long[] sums = Device.Likelihood(labels, Device.MarkChanges(labels, 4, new PixelRectangle(0, 0, 4, 1), Reach), 4, Reach, 2, 4, logits, [1, 1, 1, 1], new long[3]);
        // -1, NaN, less than the least, -1.
        Assert.Equal([(long)(-2 * (1 << 24)) + (long)(-9.2f * (1 << 24)), 4, 1], sums);
    }

    [Fact]
    public void Object_cells_Equal_the_CPU_path()
    {
        Random random = new(13);
        foreach ((int width, int height) in new[] { (8, 8), (16, 8), (40, 24), (8 * random.Next(1, 9), 8 * random.Next(1, 9)) })
        {
            int classes = random.Next(3, 12), n = width * height;
            byte[] labels = Labels(random, n, classes), objects = [(byte)(classes - 1), 0];
            float[] logits = Logits(random, classes * n), logSum = new float[n];
            GuardKernels.Classify(logits, classes, new byte[n], logSum);
            ObjectCell[] expected = new ObjectCell[objects.Length * ObjectCells.Count(width, height)];
            ObjectCells.Measure(labels, width, classes, objects, logits, logSum, expected);
            float[] cells = Device.ObjectCells(labels, width, ObjectCells.Side, classes, objects, logits, logSum);
            Assert.Equal(3 * expected.Length, cells.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.InRange(cells[3 * i] - expected[i].Probability, -1e-5, 1e-5);
                Assert.Equal((expected[i].Labelled, expected[i].Pixels), (cells[(3 * i) + 1], cells[(3 * i) + 2]));
            }
        }
    }

    [Fact]
    public void Object_cells_Count_labels_and_probabilities()
    {
        // Two cells: half of the first is of class 1, a pixel of it has no label and one no number; the second is sky alone.
        byte[] labels = new byte[16 * 8];
        float[] logits = new float[2 * labels.Length], logSum = new float[labels.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = i % 16 < 4 ? (byte)1 : (byte)0;
            (logits[i], logits[labels.Length + i]) = ((float)Math.Log(0.75), (float)Math.Log(0.25));
        }
        labels[0] = 2;
        logits[labels.Length + 1] = float.NaN;
        float[] cells = Device.ObjectCells(labels, 16, 8, 2, [1], logits, logSum);
        Assert.InRange(cells[0], 62 * 0.25 - 1e-4, 62 * 0.25 + 1e-4);
        Assert.InRange(cells[3], 64 * 0.25 - 1e-4, 64 * 0.25 + 1e-4);
        Assert.Equal([31, 63, 0, 64], [cells[1], cells[2], cells[4], cells[5]]);
    }

    private static int[] Boundaries(byte[] labels, int width, PixelRectangle picture, int classes)
    {
        int[] points = new int[labels.Length];
        int count = GuardKernels.ListBoundaries(labels, width, picture, classes, Reach, new byte[labels.Length], new int[width], points);
        return points[..count];
    }

    // Blocks of labels, some of no class, of random sizes and single pixels among them.
    private static void ForMaps(Action<byte[], int, int, Random> check)
    {
        Random random = new(11);
        foreach ((int width, int height) in new[] { (1, 1), (1, 9), (9, 1), (16, 8), (33, 17), (random.Next(20, 60), random.Next(20, 60)) })
        {
            int classes = random.Next(1, 12), block = random.Next(2, 13);
            byte[] blocks = Labels(random, 64 * 64, classes);
            byte[] labels = new byte[width * height];
            for (int i = 0; i < labels.Length; i++)
                labels[i] = blocks[(i / width / block * 64) + (i % width / block)];
            check(labels, width, classes, random);
        }
    }

    // What a network gives, and where asked for what it should not.
    private static float[] Logits(Random random, int length, bool special = true)
    {
        float[] values = new float[length];
        for (int i = 0; i < length; i++)
        {
            values[i] = (special ? random.Next(200) : 9) switch
            {
                0 => float.NaN,
                1 => float.NegativeInfinity,
                2 => 1000,
                3 => -200,
                _ => (random.NextSingle() * 24) - 12,
            };
        }
        return values;
    }

    private static void AssertClose(double expected, double actual)
    {
        if (double.IsNaN(expected))
            Assert.True(double.IsNaN(actual), $"{actual} in place of NaN");
        else
            Assert.InRange(actual, expected - (1e-6 * Math.Max(1, Math.Abs(expected))), expected + (1e-6 * Math.Max(1, Math.Abs(expected))));
    }
}
