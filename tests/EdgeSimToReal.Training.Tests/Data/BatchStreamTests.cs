using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Training.Data;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Data;

public sealed class BatchStreamTests : IDisposable
{
    private static readonly PhotometricJitter Strong = new()
    {
        Brightness = 0.5,
        Contrast = 0.5,
        Saturation = 0.5,
        Cast = 0.2,
        Grain = 0.1,
        Blur = 1.5,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Batches_AreTheSameForAnyWorkersAndStart()
    {
        ImageSet[] sets = [DrawnImages.Coded(_folder, "a", 5, 20, 12, weight: 2), DrawnImages.Coded(_folder, "bb", 3, 17, 15)];
        BatchOptions one = Options(3, 12, 16) with { Workers = 1, Prefetch = 1, Jitter = Strong, MinScale = 0.8, MaxScale = 1.5 };
        (float[] Images, byte[] Labels)[] expected = Take(sets, one, 0, 12);
        (float[] Images, byte[] Labels)[] several = Take(sets, one with { Workers = 4, Prefetch = 7, CacheMegabytes = 0 }, 0, 12);
        (float[] Images, byte[] Labels)[] later = Take(sets, one, 7, 5);
        for (int b = 0; b < expected.Length; b++)
        {
            Assert.Equal(expected[b].Images, several[b].Images);
            Assert.Equal(expected[b].Labels, several[b].Labels);
        }
        for (int b = 0; b < later.Length; b++)
        {
            Assert.Equal(expected[7 + b].Images, later[b].Images);
            Assert.Equal(expected[7 + b].Labels, later[b].Labels);
        }
        Assert.NotEqual(expected[0].Images, Take(sets, one with { Seed = 2 }, 0, 1)[0].Images);
        Assert.NotEqual(expected[0].Images, Take(sets, one with { Purpose = "other" }, 0, 1)[0].Images);
    }

    [Fact]
    public void Crops_KeepImageAndLabelsInRegister()
    {
        ImageSet set = DrawnImages.Coded(_folder, "coded", 3, 40, 30);
        HashSet<(int, int, bool)> seen = [];
        foreach ((float[] images, byte[] labels) in Take([set], Options(4, 16, 24), 0, 10))
        {
            for (int n = 0; n < 4; n++)
            {
                byte[] red = Plane(images, n, 0), columns = Plane(images, n, 1), rows = Plane(images, n, 2);
                bool flipped = columns[0] > columns[1];
                int left = Math.Min(columns[0], columns[23]);
                for (int p = 0; p < 16 * 24; p++)
                {
                    Assert.Equal(20 * labels[(n * 16 * 24) + p], red[p]);
                    Assert.Equal(rows[0] + (p / 24), rows[p]);
                    Assert.Equal(left + (flipped ? 23 - (p % 24) : p % 24), columns[p]);
                }
                seen.Add((left, rows[0], flipped));
            }
        }
        Assert.True(seen.Count > 25, "crops hardly differ");
        Assert.Contains(seen, crop => crop.Item3);
        Assert.Contains(seen, crop => !crop.Item3);
        Assert.True(seen.Max(crop => crop.Item1) > 12 && seen.Max(crop => crop.Item2) > 10, "the borders are never reached");

        byte[] Plane(float[] images, int n, int channel) =>
            [.. images.AsSpan(((n * 3) + channel) * 16 * 24, 16 * 24).ToArray().Select(v => (byte)Math.Round((v + 1) * 127.5))];
    }

    [Fact]
    public void ScaledCrops_KeepImageAndLabelsInRegister()
    {
        // Vertical stripes of 16 columns: a label off by a pixel shows at the stripes' edges only, one mirrored or scaled wrongly everywhere.
        Frame frame = new(160, 120);
        byte[] labels = new byte[frame.PixelCount];
        for (int p = 0; p < labels.Length; p++)
        {
            labels[p] = (byte)(p % 160 / 16);
            frame.Bgra.AsSpan(4 * p, 4).Fill((byte)(25 * labels[p]));
        }
        DrawnImages.Write(_folder, "stripes", "0", frame, labels);
        ImageSet set = ImageSet.Open(new() { Path = _folder["stripes"], Space = "shared10" });
        BatchOptions options = Options(8, 48, 64) with { MinScale = 0.5, MaxScale = 2 };
        HashSet<int> widths = [];
        foreach ((float[] images, byte[] cut) in Take([set], options, 0, 5))
        {
            for (int n = 0; n < 8; n++)
            {
                int right = 0;
                for (int p = 0; p < 48 * 64; p++)
                {
                    double colour = (images[(n * 3 * 48 * 64) + p] + 1) * 127.5;
                    right += Math.Abs(colour - (25 * cut[(n * 48 * 64) + p])) < 1 ? 1 : 0;
                }
                Assert.True(right > 0.85 * 48 * 64, $"{right} of {48 * 64} pixels agree");
                widths.Add(cut.AsSpan(n * 48 * 64, 64).ToArray().Distinct().Count());
            }
        }
        Assert.True(widths.Min() <= 4 && widths.Max() >= 7, "crops of one scale only"); // stripes seen: 3 at twice the size, 9 at half
    }

    [Fact]
    public void Labels_AreMappedToTheTarget_UnknownOnesIgnored()
    {
        Frame frame = new(13, 4);
        byte[] labels = [.. Enumerable.Range(0, 52).Select(p => (byte)(p % 13 == 12 ? 255 : p % 13))];
        DrawnImages.Write(_folder, "camvid", "0", frame, labels);
        DrawnImages.Write(_folder, "camvid", "1", frame, null);
        ImageSet set = ImageSet.Open(new() { Path = _folder["camvid"], Space = "camvid11" });
        Assert.Null(set.Items[1].Label);
        using ImageBatch common = ImageBatch.Whole(set, 0, LabelSpaces.Common16);
        Assert.Equal([10, 2, 5, 0, 1, 8, 7, 4, 12, 11, 11, 255, 255], common.Labels.bytes[..13].ToArray());
        using ImageBatch shared = ImageBatch.Whole(set, 0, LabelSpaces.Shared10);
        Assert.Equal([7, 2, 4, 0, 1, 6, 5, 3, 9, 8, 8, 255, 255], shared.Labels.bytes[..13].ToArray());
        using ImageBatch none = ImageBatch.Whole(set, 1, LabelSpaces.Shared10);
        Assert.All(none.Labels.bytes.ToArray(), label => Assert.Equal(255, label));
        ImageSet unlabelled = ImageSet.Open(new() { Path = _folder["camvid"] });
        Assert.Null(unlabelled.Space);
        Assert.All(Take([unlabelled], Options(4, 4, 8), 0, 1)[0].Labels, label => Assert.Equal(255, label));
    }

    [Fact]
    public void Next_FaultyFile_FailsEachTimeWithItsName()
    {
        ImageSet set = DrawnImages.Coded(_folder, "set", 4, 16, 16);
        LabelFile.Write(set.Items[2].Label!, 8, 8, new byte[64]);
        using BatchStream stream = new([set], Options(4, 8, 8));
        Assert.Contains(set.Items[2].Label!, Assert.Throws<EdgeSimException>(stream.Next).Message);
        Assert.Contains("8x8", Assert.Throws<EdgeSimException>(stream.Next).Message);
        Assert.Equal(0, stream.Position);
    }

    [Fact]
    public void Next_IdThatTheSpaceLacks_IsAnError()
    {
        byte[] labels = new byte[64];
        labels[40] = 57;
        DrawnImages.Write(_folder, "set", "0", new Frame(8, 8), labels);
        ImageSet set = ImageSet.Open(new() { Path = _folder["set"], Space = "carla23" });
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => ImageBatch.Whole(set, 0, LabelSpaces.Common16));
        Assert.Contains(set.Items[0].Label!, error.Message);
        Assert.Contains("57", error.Message);
        Assert.Contains("carla23", error.Message);
    }

    [Fact]
    public void Next_CropLargerThanAnImage_NamesIt()
    {
        ImageSet set = DrawnImages.Coded(_folder, "set", 1, 16, 12);
        using BatchStream stream = new([set], Options(1, 16, 16));
        EdgeSimException error = Assert.Throws<EdgeSimException>(stream.Next);
        Assert.Contains(set.Items[0].Image, error.Message);
        Assert.Contains("16x12", error.Message);
    }

    [Fact]
    public void Dispose_EndsTheWorkers()
    {
        ImageSet set = DrawnImages.Coded(_folder, "set", 2, 16, 16);
        BatchStream stream = new([set], Options(2, 8, 8));
        stream.Next().Dispose();
        stream.Dispose();
        Assert.Throws<ObjectDisposedException>(stream.Next);
        stream.Dispose();
    }

    [Fact]
    public void Cache_HoldsWhatFits()
    {
        ImageSet set = DrawnImages.Coded(_folder, "set", 3, 16, 16);
        ImageReader reader = new(set, LabelSpaces.Shared10);
        ImageCache cache = new(2 * 4 * 256);
        Frame frame = new(1, 1);
        DecodedImage[] first = [.. set.Items.Select(item => cache.Get(item, reader, frame))];
        Assert.Equal(2 * 4 * 256, cache.Bytes);
        Assert.Same(first[0], cache.Get(set.Items[0], reader, frame));
        Assert.Same(first[1], cache.Get(set.Items[1], reader, frame));
        Assert.NotSame(first[2], cache.Get(set.Items[2], reader, frame));
    }

    [Theory]
    [InlineData("sim-carla23/train", "carla23", 690)]
    [InlineData("sim-carla-unlabelled", null, 779)]
    [InlineData("real-camvid11/train", "camvid11", 367)]
    [InlineData("real-camvid11/val", "camvid11", 101)]
    public void SharedData_GivesWholeBatches(string folder, string? space, int images)
    {
        ImageSet set = ImageSet.Open(new() { Path = SharedFolder.Require(["data", .. folder.Split('/')]), Space = space });
        Assert.Equal(images, set.Items.Count);
        (float[] values, byte[] labels) = Take([set], Options(4, 192, 256) with { Jitter = Strong }, 0, 1)[0];
        Assert.All(values, value => Assert.InRange(value, -1, 1));
        Assert.All(labels, label => Assert.True(label is < 10 or 255));
        Assert.Equal(space is not null, labels.Any(label => label < 10));
    }

    private static BatchOptions Options(int size, int height, int width) =>
        new() { Size = size, Height = height, Width = width, Target = LabelSpaces.Shared10, Seed = 1 };

    private static (float[] Images, byte[] Labels)[] Take(IReadOnlyList<ImageSet> sets, BatchOptions options, long first, int count)
    {
        using BatchStream stream = new(sets, options, first);
        List<(float[], byte[])> batches = [];
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(first + i, stream.Position);
            using ImageBatch batch = stream.Next();
            Assert.Equal(first + i, batch.Number);
            Assert.Equal([options.Size, 3, options.Height, options.Width], batch.Images.shape);
            Assert.Equal([options.Size, options.Height, options.Width], batch.Labels.shape);
            Assert.Equal(ScalarType.Byte, batch.Labels.dtype);
            batches.Add((batch.Images.data<float>().ToArray(), batch.Labels.bytes.ToArray()));
        }
        return [.. batches];
    }
}
