using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>What every device must compute: the runtime's CPU path to the bit, and plain loops.</summary>
public abstract partial class KernelSuite : IDisposable
{
    private readonly Lazy<IKernelDevice> _device;

    private protected KernelSuite(Func<IKernelDevice> open) => _device = new Lazy<IKernelDevice>(open);

    public static TheoryData<FitPolicy> Policies => [.. Enum.GetValues<FitPolicy>()];

    private IKernelDevice Device => _device.Value;

    public void Dispose()
    {
        if (_device.IsValueCreated)
            _device.Value.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Prepare_Gives_the_bits_of_the_CPU_path(FitPolicy policy) => ForGeometries(policy, (geometry, random) =>
    {
        byte[] frame = Bytes(random, geometry.SourceBytes);
        float[] expected = new float[geometry.NetworkValues];
        new PixelConverter(geometry).Prepare(frame, expected);
        Assert.Equal(expected, Device.PrepareSingle(geometry, frame));
        Assert.Equal(Array.ConvertAll(expected, Half), Device.PrepareHalf(geometry, frame));
    });

    [Theory]
    [MemberData(nameof(Policies))]
    public void Finish_Gives_the_bits_of_the_CPU_path(FitPolicy policy) => ForGeometries(policy, (geometry, random) =>
    {
        float[] planes = NetworkValues(random, geometry.NetworkValues);
        byte[] expected = new byte[geometry.OutputBytes];
        new PixelConverter(geometry).Finish(planes, expected);
        Assert.Equal(expected, Device.FinishSingle(geometry, planes));
        ushort[] halves = Array.ConvertAll(planes, Half);
        new PixelConverter(geometry).Finish(Array.ConvertAll(halves, Single), expected);
        Assert.Equal(expected, Device.FinishHalf(geometry, halves));
    });

    [Fact]
    public void Prepare_Is_the_weighted_mean_of_the_pixels_under_a_triangle()
    {
        // Independent of the CPU path and its tables: fp64, in one go over both axes.
        FrameGeometry geometry = FrameGeometry.Create(37, 29, 16, 16, FitPolicy.Stretch);
        byte[] frame = Bytes(new Random(5), geometry.SourceBytes);
        float[] planes = Device.PrepareSingle(geometry, frame);
        for (int i = 0; i < planes.Length; i++)
        {
            (int channel, int y, int x) = (2 - i / 256, i / 16 % 16, i % 16);
            double sum = 0, weights = 0;
            for (int j = 0; j < 29 * 37; j++)
            {
                double dx = Math.Abs(j % 37 + 0.5 - (x + 0.5) * 37 / 16) / (37 / 16.0);
                double dy = Math.Abs(j / 37 + 0.5 - (y + 0.5) * 29 / 16) / (29 / 16.0);
                double weight = Math.Max(0, 1 - dx) * Math.Max(0, 1 - dy);
                sum += weight * frame[4 * j + channel];
                weights += weight;
            }
            Assert.Equal(sum / weights / 127.5 - 1, planes[i], 1e-6);
        }
    }

    [Fact]
    public void Finish_Rounds_and_clamps_each_value()
    {
        FrameGeometry geometry = FrameGeometry.Create(16, 16, 16, 16, FitPolicy.Exact);
        float[] planes = NetworkValues(new Random(6), geometry.NetworkValues);
        byte[] picture = Device.FinishSingle(geometry, planes);
        for (int i = 0; i < picture.Length; i++)
        {
            float value = i % 4 == 3 ? 1 : planes[(2 - i % 4) * 256 + i / 4];
            double level = float.IsNaN(value) ? 0 : Math.Clamp((value + 1.0) * 127.5, 0, 255);
            Assert.Equal(Math.Floor(level + 0.5), picture[i]);
        }
    }

    [Fact]
    public void Remap_Equals_the_CPU_path() => ForLengths((n, random) =>
    {
        byte[] tags = Bytes(random, n);
        LabelRemap remap = LabelRemap.Between(LabelSpaces.Carla29, LabelSpaces.Common16);
        byte[] expected = new byte[n];
        remap.Apply(tags, expected);
        Assert.Equal(expected, Device.Remap(tags, remap.Table.ToArray()));
    });

    [Fact]
    public void ArgMax_Takes_the_first_of_the_greatest_and_never_NaN() => ForLengths((n, random) =>
    {
        int classes = random.Next(1, 24);
        float[] scores = new float[classes * n];
        // Few levels, so that many are equal, and each of them a half.
        for (int i = 0; i < scores.Length; i++)
            scores[i] = random.Next(12) switch { 0 => float.NaN, 1 => float.NegativeInfinity, 2 => float.PositiveInfinity, int k => 7 - k };
        byte[] expected = new byte[n];
        for (int i = 0; i < n; i++)
        {
            for (int c = 1; c < classes; c++)
            {
                float best = scores[expected[i] * n + i];
                if (scores[c * n + i] > (float.IsNaN(best) ? float.NegativeInfinity : best))
                    expected[i] = (byte)c;
            }
        }
        Assert.Equal(expected, Device.ArgMaxSingle(scores, classes));
        Assert.Equal(expected, Device.ArgMaxHalf(Array.ConvertAll(scores, Half), classes));
    });

    [Fact]
    public void Confusion_Equals_Cores_and_adds_up() => ForLengths((n, random) =>
    {
        int classes = random.Next(1, 40);
        int[] counts = new int[classes * (classes + 1)];
        ConfusionMatrix expected = new(classes);
        for (int frame = 0; frame < 2; frame++)
        {
            byte[] truth = Labels(random, n, classes), prediction = Labels(random, n, classes);
            expected.Add(truth, prediction);
            counts = Device.Confusion(truth, prediction, classes, counts);
        }
        for (int i = 0; i < counts.Length; i++)
            Assert.Equal(expected[i / (classes + 1), i % (classes + 1)], counts[i]);
    });

    [Fact]
    public void Overlay_Equals_Imagings() => ForLengths((n, random) =>
    {
        Frame picture = new(n, 1), expected = new(n, 1);
        random.NextBytes(picture.Bgra);
        byte[] tags = Bytes(random, n), palette = LabelSpaces.Common16.Palette();
        uint[] colours = new uint[256];
        foreach (LabelClass c in LabelSpaces.Common16.Classes)
            colours[c.Id] = 0xFF000000u | (uint)palette[3 * c.Id] << 16 | (uint)palette[3 * c.Id + 1] << 8 | palette[3 * c.Id + 2];
        int opacity = random.Next(257);
        Overlay.Blend(picture, tags, LabelSpaces.Common16, opacity / 256.0, expected);
        Assert.Equal(expected.Bgra, Device.Overlay(picture.Bgra, tags, colours, opacity));
    });

    // Random sizes, odd ones and single pixels among them.
    private static void ForGeometries(FitPolicy policy, Action<FrameGeometry, Random> check)
    {
        Random random = new(1 + (int)policy);
        for (int i = 0; i < 12; i++)
        {
            (int networkWidth, int networkHeight) = (16 * random.Next(1, 6), 16 * random.Next(1, 5));
            (int width, int height) = policy == FitPolicy.Exact ? (networkWidth, networkHeight)
                : i == 0 ? (1, 1) : (random.Next(1, 150), random.Next(1, 110));
            check(FrameGeometry.Create(width, height, networkWidth, networkHeight, policy), random);
        }
    }

    private static void ForLengths(Action<int, Random> check)
    {
        Random random = new(7);
        foreach (int n in new[] { 1, 2, 15, 16, 17, 255, 257, random.Next(1000, 3000), 2 * random.Next(500, 1500) + 1 })
            check(n, random);
    }

    private static byte[] Bytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    // Mostly classes, now and then none.
    private static byte[] Labels(Random random, int length, int classes)
    {
        byte[] labels = new byte[length];
        for (int i = 0; i < length; i++)
            labels[i] = (byte)(random.Next(10) == 0 ? random.Next(classes, 256) : random.Next(classes));
        return labels;
    }

    // What a network gives: mostly within [-1, 1], sometimes beyond, and once in a while no number.
    private static float[] NetworkValues(Random random, int length)
    {
        float[] values = new float[length];
        for (int i = 0; i < length; i++)
        {
            values[i] = random.Next(100) switch
            {
                0 => float.NaN,
                1 => float.PositiveInfinity,
                2 => float.NegativeInfinity,
                _ => random.NextSingle() * 3 - 1.5f,
            };
        }
        return values;
    }

    private static ushort Half(float value) => BitConverter.HalfToUInt16Bits((Half)value);

    private static float Single(ushort bits) => (float)BitConverter.UInt16BitsToHalf(bits);
}
