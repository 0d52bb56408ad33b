using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Runtime.Pixels;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace EdgeSimToReal.Runtime.Tests.Pixels;

/// <summary>Resampling against a plain one in double precision, written from the definition and not from the product's tables.</summary>
public sealed class ResampleTests
{
    private static readonly Gen<FitPolicy> Policies = Gen.Elements(FitPolicy.Letterbox, FitPolicy.Crop, FitPolicy.Stretch);

    [Property(MaxTest = 40)]
    public Property Prepare_Equals_the_definition() => Prop.ForAll(
        Gen.Choose(1, 150).Four().ToArbitrary(),
        Policies.ToArbitrary(),
        (sides, policy) =>
        {
            FrameGeometry geometry = Geometry(sides, policy);
            byte[] frame = Pixels.Noise(geometry.SourceBytes, 5);
            float[] planes = new float[geometry.NetworkValues];
            new PixelConverter(geometry).Prepare(frame, planes);
            PixelRectangle from = geometry.SourceRectangle;
            PixelRectangle to = geometry.NetworkRectangle;
            for (int channel = 0; channel < 3; channel++)
            {
                double[,] cut = new double[from.Height, from.Width];
                for (int y = 0; y < from.Height; y++)
                {
                    for (int x = 0; x < from.Width; x++)
                        cut[y, x] = frame[4 * ((from.Y + y) * geometry.SourceWidth + from.X + x) + 2 - channel] / 127.5 - 1;
                }
                double[,] expected = Resample(cut, to.Height, to.Width);
                for (int y = 0; y < to.Height; y++)
                {
                    int row = (channel * geometry.NetworkHeight + to.Y + y) * geometry.NetworkWidth + to.X;
                    for (int x = 0; x < to.Width; x++)
                        Assert.Equal(expected[y, x], planes[row + x], 2e-6);
                }
            }
        });

    [Property(MaxTest = 40)]
    public Property Finish_Equals_the_definition() => Prop.ForAll(
        Gen.Choose(1, 150).Four().ToArbitrary(),
        Policies.ToArbitrary(),
        (sides, policy) =>
        {
            FrameGeometry geometry = Geometry(sides, policy);
            float[] planes = Pixels.NetworkValues(geometry.NetworkValues, 6);
            byte[] picture = new byte[geometry.OutputBytes];
            new PixelConverter(geometry).Finish(planes, picture);
            PixelRectangle from = geometry.NetworkRectangle;
            for (int channel = 0; channel < 3; channel++)
            {
                double[,] cut = new double[from.Height, from.Width];
                for (int y = 0; y < from.Height; y++)
                {
                    for (int x = 0; x < from.Width; x++)
                    {
                        double value = planes[(channel * geometry.NetworkHeight + from.Y + y) * geometry.NetworkWidth + from.X + x];
                        cut[y, x] = double.IsNaN(value) ? 0 : Math.Clamp((value + 1) * 127.5, 0, 255);
                    }
                }
                double[,] expected = Resample(cut, geometry.OutputHeight, geometry.OutputWidth);
                for (int y = 0; y < geometry.OutputHeight; y++)
                {
                    // Rounded to the nearest, where single precision may take either side of a half.
                    for (int x = 0; x < geometry.OutputWidth; x++)
                        Assert.Equal(expected[y, x], picture[4 * (y * geometry.OutputWidth + x) + 2 - channel], 0.5 + 1e-3);
                }
            }
        });

    [Theory]
    [InlineData(1, 7)]
    [InlineData(7, 1)]
    [InlineData(640, 35)]
    [InlineData(31, 1920)]
    [InlineData(333, 333)]
    public void Flat_picture_Stays_flat(int width, int height)
    {
        FrameGeometry geometry = FrameGeometry.Create(width, height, 48, 32, FitPolicy.Stretch);
        PixelConverter converter = new(geometry);
        byte[] frame = new byte[geometry.SourceBytes];
        byte[] result = new byte[frame.Length];
        float[] planes = new float[geometry.NetworkValues];
        for (int value = 0; value < 256; value++)
        {
            for (int i = 0; i < frame.Length; i++)
                frame[i] = (byte)(i % 4 == 3 ? 255 : value);
            converter.Prepare(frame, planes);
            Assert.Equal(value / 127.5 - 1, planes.Min(), 1e-5);
            Assert.Equal(value / 127.5 - 1, planes.Max(), 1e-5);
            converter.Finish(planes, result);
            Assert.True(frame.AsSpan().SequenceEqual(result));
        }
    }

    [Theory]
    [InlineData(1920, 1080, 512, 256, FitPolicy.Letterbox)]
    [InlineData(1920, 1080, 512, 256, FitPolicy.Crop)]
    [InlineData(1920, 1080, 512, 256, FitPolicy.Stretch)]
    [InlineData(640, 360, 512, 256, FitPolicy.Letterbox)]
    [InlineData(641, 359, 512, 256, FitPolicy.Crop)]
    [InlineData(320, 180, 512, 256, FitPolicy.Letterbox)]
    [InlineData(801, 601, 512, 256, FitPolicy.Letterbox)]
    public void Drawn_box_Comes_back_where_its_tags_are(int width, int height, int networkWidth, int networkHeight, FitPolicy policy)
    {
        FrameGeometry geometry = FrameGeometry.Create(width, height, networkWidth, networkHeight, policy);
        PixelConverter converter = new(geometry);
        Random random = new(width);
        for (int round = 0; round < 6; round++)
        {
            // At least eight network pixels wide, and inside what every policy shows of the frame.
            int side = 8 * Math.Max(1, geometry.SourceRectangle.Width / geometry.NetworkRectangle.Width + 1);
            int left = geometry.SourceRectangle.X + 3 + random.Next(geometry.OutputWidth - 2 * side - 6);
            int top = geometry.SourceRectangle.Y + 3 + random.Next(geometry.OutputHeight - 2 * side - 6);
            PixelRectangle box = new(left, top, side + random.Next(side), side + random.Next(side));
            byte[] frame = new byte[geometry.SourceBytes];
            byte[] tags = new byte[width * height];
            for (int y = box.Y; y < box.Bottom; y++)
            {
                frame.AsSpan(4 * (y * width + box.X), 4 * box.Width).Fill(255);
                tags.AsSpan(y * width + box.X, box.Width).Fill(1);
            }
            float[] planes = new float[geometry.NetworkValues];
            byte[] picture = new byte[geometry.OutputBytes];
            byte[] cut = new byte[geometry.OutputBytes / 4];
            converter.Prepare(frame, planes);
            converter.Finish(planes, picture);
            converter.CropTags(tags, cut);

            PixelRectangle tagged = Bounds(geometry.OutputWidth, i => cut[i] == 1, cut.Length);
            PixelRectangle drawn = Bounds(geometry.OutputWidth, i => picture[4 * i + 1] >= 128, cut.Length);
            Assert.Equal(box with { X = box.X - geometry.SourceRectangle.X, Y = box.Y - geometry.SourceRectangle.Y }, tagged);
            Assert.InRange(drawn.X - tagged.X, -1, 1);
            Assert.InRange(drawn.Y - tagged.Y, -1, 1);
            Assert.InRange(drawn.Right - tagged.Right, -1, 1);
            Assert.InRange(drawn.Bottom - tagged.Bottom, -1, 1);

            // The network sees it where the geometry says.
            PixelRectangle seen = Bounds(networkWidth, i => planes[i] >= 0, networkWidth * networkHeight);
            (double x, double y1) = geometry.SourceToNetwork(box.X, box.Y);
            Assert.InRange(seen.X, x - 1, x + 1);
            Assert.InRange(seen.Y, y1 - 1, y1 + 1);
        }
    }

    [Property(MaxTest = 60)]
    public Property Tags_Are_those_under_the_pixels_centre() => Prop.ForAll(
        Gen.Choose(1, 300).Four().ToArbitrary(),
        Policies.ToArbitrary(),
        (sides, policy) =>
        {
            FrameGeometry geometry = Geometry(sides, policy);
            byte[] tags = Pixels.Noise(geometry.SourceWidth * geometry.SourceHeight, 8);
            byte[] networkTags = new byte[geometry.NetworkWidth * geometry.NetworkHeight];
            byte[] repeated = new byte[networkTags.Length];
            byte[] cut = new byte[geometry.OutputWidth * geometry.OutputHeight];
            PixelConverter converter = new(geometry);
            converter.PrepareTags(tags, networkTags);
            converter.PrepareTags(tags, repeated, repeatEdges: true);
            converter.CropTags(tags, cut);
            PixelRectangle active = geometry.NetworkRectangle;
            PixelRectangle source = geometry.SourceRectangle;
            for (int i = 0; i < networkTags.Length; i++)
            {
                (int y, int x) = (i / geometry.NetworkWidth, i % geometry.NetworkWidth);
                bool inside = x >= active.X && x < active.Right && y >= active.Y && y < active.Bottom;
                // In whole numbers, since in floating point a centre on a boundary may fall to either side.
                int sourceX = (2 * (x - active.X) + 1) * source.Width / (2 * active.Width) + source.X;
                int sourceY = (2 * (y - active.Y) + 1) * source.Height / (2 * active.Height) + source.Y;
                Assert.Equal(inside ? tags[sourceY * geometry.SourceWidth + sourceX] : LabelSpace.Ignore, networkTags[i]);
                (int nearY, int nearX) = (Math.Clamp(y, active.Y, active.Bottom - 1), Math.Clamp(x, active.X, active.Right - 1));
                Assert.Equal(networkTags[(nearY * geometry.NetworkWidth) + nearX], repeated[i]);
            }
            for (int i = 0; i < cut.Length; i++)
            {
                (int y, int x) = (i / source.Width + source.Y, i % source.Width + source.X);
                Assert.Equal(tags[y * geometry.SourceWidth + x], cut[i]);
            }
        });

    private static FrameGeometry Geometry((int, int, int, int) sides, FitPolicy policy) =>
        FrameGeometry.Create(sides.Item1, sides.Item2, FrameGeometry.RoundUp(sides.Item3), FrameGeometry.RoundUp(sides.Item4), policy);

    private static PixelRectangle Bounds(int width, Func<int, bool> isSet, int count)
    {
        (int left, int top, int right, int bottom) = (int.MaxValue, int.MaxValue, 0, 0);
        for (int i = 0; i < count; i++)
        {
            if (!isSet(i))
                continue;
            (left, right) = (Math.Min(left, i % width), Math.Max(right, i % width + 1));
            (top, bottom) = (Math.Min(top, i / width), Math.Max(bottom, i / width + 1));
        }
        return new PixelRectangle(left, top, right - left, bottom - top);
    }

    // Each pixel: the mean of all source pixels, weighted by a triangle about its centre as wide as the larger of the two pixels.
    private static double[,] Resample(double[,] source, int height, int width)
    {
        (int sourceHeight, int sourceWidth) = (source.GetLength(0), source.GetLength(1));
        double[,] columns = new double[sourceHeight, width];
        for (int y = 0; y < sourceHeight; y++)
        {
            for (int x = 0; x < width; x++)
                columns[y, x] = Sample(i => source[y, i], sourceWidth, width, x);
        }
        double[,] result = new double[height, width];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                result[y, x] = Sample(i => columns[i, x], sourceHeight, height, y);
        }
        return result;
    }

    private static double Sample(Func<int, double> source, int sourceLength, int targetLength, int target)
    {
        double centre = (target + 0.5) * sourceLength / targetLength;
        double reach = Math.Max(1, (double)sourceLength / targetLength);
        double sum = 0, weights = 0;
        for (int i = 0; i < sourceLength; i++)
        {
            double weight = Math.Max(0, 1 - Math.Abs(i + 0.5 - centre) / reach);
            if (weight == 0)
                continue;
            sum += weight * source(i);
            weights += weight;
        }
        return sum / weights;
    }
}
