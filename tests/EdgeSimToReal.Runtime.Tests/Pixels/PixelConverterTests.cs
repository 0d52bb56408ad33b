using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Pixels;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace EdgeSimToReal.Runtime.Tests.Pixels;

public sealed class PixelConverterTests
{
    public static TheoryData<SimdLevel> Levels => [.. Enum.GetValues<SimdLevel>().Where(level => level <= SimdLevels.Best)];

    [Theory]
    [MemberData(nameof(Levels))]
    public void RoundTrip_Keeps_all_256_values(SimdLevel level)
    {
        // Widths whose rows end at every distance from a vector's end.
        for (int width = 1; width <= 40; width++)
        {
            PixelConverter converter = new(FrameGeometry.Create(width, 256, 48, 256, FitPolicy.Letterbox), level);
            Assert.True(converter.Geometry.IsOneToOne);
            byte[] frame = new byte[width * 256 * 4];
            for (int i = 0; i < width * 256; i++)
            {
                (frame[4 * i], frame[4 * i + 1]) = ((byte)i, (byte)(i * 7 + 1));
                (frame[4 * i + 2], frame[4 * i + 3]) = ((byte)(255 - i), (byte)(i / 3));
            }
            float[] planes = new float[converter.Geometry.NetworkValues];
            byte[] result = new byte[frame.Length];
            converter.Prepare(frame, planes);
            converter.Finish(planes, result);
            for (int i = 0; i < frame.Length; i++)
                Assert.Equal(i % 4 == 3 ? 255 : frame[i], result[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void Prepare_Normalises_within_an_ulp_and_orders_planes_R_G_B(SimdLevel level)
    {
        PixelConverter converter = new(FrameGeometry.Create(16, 16, 16, 16, FitPolicy.Exact), level);
        byte[] frame = new byte[16 * 16 * 4];
        for (int i = 0; i < 256; i++)
            (frame[4 * i], frame[4 * i + 1], frame[4 * i + 2]) = ((byte)i, (byte)(i ^ 85), (byte)(255 - i));
        float[] planes = new float[3 * 256];
        converter.Prepare(frame, planes);
        for (int i = 0; i < 256; i++)
        {
            AssertWithinAnUlp((255 - i) / 127.5 - 1, planes[i]);
            AssertWithinAnUlp((i ^ 85) / 127.5 - 1, planes[256 + i]);
            AssertWithinAnUlp(i / 127.5 - 1, planes[512 + i]);
        }
        Assert.Equal(-1f, planes[512]);
        Assert.Equal(1f, planes[512 + 255]);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void Finish_Rounds_clamps_and_survives_anything(SimdLevel level)
    {
        float[] values =
        [
            float.NaN, -float.NaN, BitConverter.Int32BitsToSingle(0x7F800001), float.PositiveInfinity, float.NegativeInfinity,
            float.MaxValue, float.MinValue, 1.0001f, -1.0001f, 1, -1, 0, -0f, float.Epsilon, 1e10f, -1e10f, 17, -17,
            (float)(100.49 / 127.5 - 1), (float)(100.51 / 127.5 - 1),
        ];
        byte[] expected = [0, 0, 0, 255, 0, 255, 0, 255, 0, 255, 0, 128, 128, 128, 255, 0, 255, 0, 100, 101];
        PixelConverter copying = new(FrameGeometry.Create(512, 16, 512, 16, FitPolicy.Exact), level);
        // Resampled: 16 rows to 32 and each row alike, so that only the columns' 1:1 weights and the blend of equal rows remain.
        PixelConverter resampling = new(FrameGeometry.Create(512, 32, 512, 16, FitPolicy.Stretch), level);
        float[] planes = new float[3 * 512 * 16];
        for (int i = 0; i < planes.Length; i++)
            planes[i] = values[i % 512 % values.Length];
        foreach (PixelConverter converter in new[] { copying, resampling })
        {
            byte[] picture = new byte[converter.Geometry.OutputBytes];
            converter.Finish(planes, picture);
            for (int i = 0; i < picture.Length; i++)
                Assert.Equal(i % 4 == 3 ? 255 : expected[i / 4 % 512 % values.Length], picture[i]);
        }
    }

    [Property(MaxTest = 60)]
    public Property Levels_Agree_to_the_bit() => Prop.ForAll(
        Gen.Choose(1, 200).Four().ToArbitrary(),
        Gen.Elements(FitPolicy.Letterbox, FitPolicy.Crop, FitPolicy.Stretch).ToArbitrary(),
        Gen.Choose(0, 3).Two().ToArbitrary(),
        (sides, policy, offsets) =>
        {
            (int nw, int nh) = (FrameGeometry.RoundUp(sides.Item3), FrameGeometry.RoundUp(sides.Item4));
            AssertLevelsAgree(FrameGeometry.Create(sides.Item1, sides.Item2, nw, nh, policy), offsets.Item1, offsets.Item2);
            // The same with one pixel copied to one: only the cut or the padding differs.
            AssertLevelsAgree(FrameGeometry.Create(Math.Min(sides.Item1, nw), nh, nw, nh, policy), offsets.Item1, offsets.Item2);
        });

    [Theory]
    [MemberData(nameof(Levels))]
    public void Letterbox_Repeats_the_edge(SimdLevel level)
    {
        foreach ((int width, int height) in new[] { (21, 48), (48, 21), (30, 30), (200, 77), (77, 200) })
        {
            FrameGeometry geometry = FrameGeometry.Create(width, height, 64, 48, FitPolicy.Letterbox);
            float[] planes = new float[geometry.NetworkValues];
            Array.Fill(planes, 9);
            new PixelConverter(geometry, level).Prepare(Pixels.Noise(geometry.SourceBytes, 3), planes);
            PixelRectangle active = geometry.NetworkRectangle;
            for (int i = 0; i < planes.Length; i++)
            {
                (int plane, int y, int x) = (i / (64 * 48), i / 64 % 48, i % 64);
                int nearestX = Math.Clamp(x, active.X, active.Right - 1);
                int nearestY = Math.Clamp(y, active.Y, active.Bottom - 1);
                Assert.InRange(planes[i], -1, 1);
                Assert.Equal(planes[(plane * 48 + nearestY) * 64 + nearestX], planes[i]);
            }
        }
    }

    [Fact]
    public void Buffers_Of_another_length_Are_refused()
    {
        PixelConverter converter = new(FrameGeometry.Create(20, 20, 16, 16, FitPolicy.Stretch));
        Assert.Throws<ArgumentException>(() => converter.Prepare(new byte[20 * 20 * 4 - 1], new float[3 * 256]));
        Assert.Throws<ArgumentException>(() => converter.Prepare(new byte[20 * 20 * 4], new float[3 * 256 + 1]));
        Assert.Throws<ArgumentException>(() => converter.Finish(new float[3 * 256 - 1], new byte[20 * 20 * 4]));
        Assert.Throws<ArgumentException>(() => converter.Finish(new float[3 * 256], new byte[20 * 20 * 4 + 4]));
        Assert.Throws<ArgumentException>(() => converter.CropTags(new byte[399], new byte[400]));
        Assert.Throws<ArgumentException>(() => converter.CropPicture(new byte[1600], new byte[400]));
        Assert.Throws<ArgumentException>(() => converter.PrepareTags(new byte[400], new byte[400]));
    }

    [Fact]
    public void Level_That_the_machine_lacks_Is_refused()
    {
        FrameGeometry geometry = FrameGeometry.Create(16, 16, 16, 16, FitPolicy.Exact);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => new PixelConverter(geometry, (SimdLevel)1024));
        Assert.Equal(ExitCode.Missing, error.ExitCode);
        Assert.Equal(SimdLevels.Best, new PixelConverter(geometry).Level);
    }

    [Theory]
    [InlineData(64, 48, FitPolicy.Exact)]
    [InlineData(64, 40, FitPolicy.Letterbox)]
    [InlineData(50, 48, FitPolicy.Letterbox)]
    [InlineData(131, 77, FitPolicy.Letterbox)]
    [InlineData(131, 77, FitPolicy.Crop)]
    [InlineData(33, 21, FitPolicy.Stretch)]
    public void Calls_Allocate_nothing(int width, int height, FitPolicy policy)
    {
        FrameGeometry geometry = FrameGeometry.Create(width, height, 64, 48, policy);
        PixelConverter converter = new(geometry);
        byte[] frame = Pixels.Noise(geometry.SourceBytes, 1);
        byte[] picture = new byte[geometry.OutputBytes];
        byte[] tags = Pixels.Noise(width * height, 2);
        byte[] cut = new byte[picture.Length / 4];
        byte[] networkTags = new byte[64 * 48];
        float[] planes = new float[geometry.NetworkValues];

        void Frame()
        {
            converter.Prepare(frame, planes);
            converter.Finish(planes, picture);
            converter.CropTags(tags, cut);
            converter.CropPicture(frame, picture);
            converter.PrepareTags(tags, networkTags);
        }

        // This thread's own count: the room runs no other, and test threads beside this one allocate. The runtime may allocate here
        // once in a while (it recompiles hot loops meanwhile); a call that allocates would do so in each round.
        long allocated = long.MaxValue;
        for (int round = 0; round < 5 && allocated > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
                Frame();
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, allocated);
    }

    // Buffers start at an offset, so that no vector is aligned, and end in guard elements that must survive.
    private static void AssertLevelsAgree(FrameGeometry geometry, int byteOffset, int floatOffset)
    {
        const int Guard = 64;
        byte[] frame = Pixels.Noise(byteOffset + geometry.SourceBytes, geometry.SourceWidth);
        float[] network = Pixels.NetworkValues(floatOffset + geometry.NetworkValues, geometry.SourceHeight);
        int[]? expectedPlanes = null;
        byte[]? expectedPicture = null;
        foreach (SimdLevel level in Enum.GetValues<SimdLevel>().Where(level => level <= SimdLevels.Best))
        {
            PixelConverter converter = new(geometry, level);
            float[] planes = new float[floatOffset + geometry.NetworkValues + Guard];
            byte[] picture = new byte[byteOffset + geometry.OutputBytes + Guard];
            Array.Fill(planes, 123456f);
            Array.Fill(picture, (byte)77);
            converter.Prepare(frame.AsSpan(byteOffset), planes.AsSpan(floatOffset, geometry.NetworkValues));
            converter.Finish(network.AsSpan(floatOffset), picture.AsSpan(byteOffset, geometry.OutputBytes));
            Assert.Equal(floatOffset + Guard, planes.Count(value => value == 123456f));
            Assert.All(picture[^Guard..], value => Assert.Equal(77, value));
            Assert.All(picture[..byteOffset], value => Assert.Equal(77, value));
            int[] bits = Array.ConvertAll(planes, BitConverter.SingleToInt32Bits);
            Assert.Equal(expectedPlanes ??= bits, bits);
            Assert.Equal(expectedPicture ??= picture, picture);
        }
    }

    private static void AssertWithinAnUlp(double expected, float actual) =>
        Assert.InRange(actual, MathF.BitDecrement((float)expected), MathF.BitIncrement((float)expected));
}
