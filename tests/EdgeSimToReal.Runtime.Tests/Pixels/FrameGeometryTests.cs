using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Pixels;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace EdgeSimToReal.Runtime.Tests.Pixels;

public sealed class FrameGeometryTests
{
    [Theory]
    [InlineData(640, 360, 512, 256, 28, 0, 455, 256)]
    [InlineData(1920, 1080, 1920, 1088, 0, 4, 1920, 1080)]
    [InlineData(800, 600, 512, 512, 0, 64, 512, 384)]
    [InlineData(1000, 1, 512, 256, 0, 127, 512, 1)]
    public void Letterbox_Shows_the_whole_frame_in_the_middle(int w, int h, int nw, int nh, int x, int y, int width, int height)
    {
        FrameGeometry geometry = FrameGeometry.Create(w, h, nw, nh, FitPolicy.Letterbox);
        Assert.Equal(new PixelRectangle(0, 0, w, h), geometry.SourceRectangle);
        Assert.Equal(new PixelRectangle(x, y, width, height), geometry.NetworkRectangle);
        Assert.Equal((w, h), (geometry.OutputWidth, geometry.OutputHeight));
    }

    [Theory]
    [InlineData(640, 360, 512, 256, 0, 20, 640, 320)]
    [InlineData(640, 360, 256, 256, 140, 0, 360, 360)]
    [InlineData(1920, 1080, 1920, 1088, 7, 0, 1906, 1080)]
    public void Crop_Cuts_the_overhang_evenly(int w, int h, int nw, int nh, int x, int y, int width, int height)
    {
        FrameGeometry geometry = FrameGeometry.Create(w, h, nw, nh, FitPolicy.Crop);
        Assert.Equal(new PixelRectangle(x, y, width, height), geometry.SourceRectangle);
        Assert.Equal(new PixelRectangle(0, 0, nw, nh), geometry.NetworkRectangle);
        Assert.Equal((width, height), (geometry.OutputWidth, geometry.OutputHeight));
    }

    [Property(MaxTest = 500)]
    public Property Rectangles_Lie_inside_keep_the_aspect_and_invert() => Prop.ForAll(
        Gen.Choose(1, 4096).Four().ToArbitrary(),
        Gen.Elements(FitPolicy.Letterbox, FitPolicy.Crop, FitPolicy.Stretch).ToArbitrary(),
        (sides, policy) =>
        {
            (int w, int h) = (sides.Item1, sides.Item2);
            (int nw, int nh) = (FrameGeometry.RoundUp(sides.Item3), FrameGeometry.RoundUp(sides.Item4));
            FrameGeometry geometry = FrameGeometry.Create(w, h, nw, nh, policy);
            PixelRectangle source = geometry.SourceRectangle;
            PixelRectangle network = geometry.NetworkRectangle;
            AssertCentredInside(source, w, h);
            AssertCentredInside(network, nw, nh);
            if (policy == FitPolicy.Letterbox)
                AssertAspectWithinHalfAPixel(network, w, h);
            if (policy == FitPolicy.Crop)
                AssertAspectWithinHalfAPixel(source, nw, nh);
            if (policy != FitPolicy.Crop)
                Assert.Equal(new PixelRectangle(0, 0, w, h), source);
            if (policy != FitPolicy.Letterbox)
                Assert.Equal(new PixelRectangle(0, 0, nw, nh), network);

            Assert.Equal((network.X, network.Y), geometry.SourceToNetwork(source.X, source.Y));
            Assert.Equal((source.Right, source.Bottom), geometry.NetworkToSource(network.Right, network.Bottom));
            (double x, double y) = geometry.SourceToNetwork(0.3 * w, 0.7 * h);
            (x, y) = geometry.NetworkToSource(x, y);
            Assert.Equal(0.3 * w, x, 1e-6);
            Assert.Equal(0.7 * h, y, 1e-6);
        });

    [Fact]
    public void Exact_Takes_only_the_networks_size()
    {
        FrameGeometry geometry = FrameGeometry.Create(512, 256, 512, 256, FitPolicy.Exact);
        Assert.True(geometry.IsOneToOne);
        Assert.Equal((512 * 256 * 4, 3 * 512 * 256, 512 * 256 * 4), (geometry.SourceBytes, geometry.NetworkValues, geometry.OutputBytes));

        EdgeSimException error = Assert.Throws<EdgeSimException>(() => FrameGeometry.Create(640, 352, 512, 256, FitPolicy.Exact));
        Assert.Contains("640x352", error.Message);
        Assert.Contains("512x256", error.Message);
        Assert.Contains("run the network at 640x352,", error.Message);
        error = Assert.Throws<EdgeSimException>(() => FrameGeometry.Create(640, 360, 512, 256, FitPolicy.Exact));
        Assert.Contains("run the network at 640x368 with letterbox", error.Message);
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
    }

    [Theory]
    [InlineData(500, 250, "496x240", "512x256")]
    [InlineData(512, 250, "512x240", "512x256")]
    [InlineData(0, -5, "16x16", null)]
    [InlineData(20000, 256, "16384x256", null)]
    public void NetworkSize_That_can_not_work_Names_those_that_do(int width, int height, string lower, string? upper)
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(
            () => FrameGeometry.Create(640, 360, width, height, FitPolicy.Letterbox));
        Assert.Contains($"{width}x{height}", error.Message);
        Assert.Contains(upper is null ? $"is {lower}." : $"are {lower} and {upper}.", error.Message);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, 0)]
    [InlineData(16385, 10)]
    public void SourceSize_That_can_not_work_Is_refused(int width, int height)
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => FrameGeometry.Create(width, height, 16, 16, FitPolicy.Stretch));
        Assert.Contains($"{width}x{height}", error.Message);
    }

    [Fact]
    public void Largest_sizes_Do_not_overflow()
    {
        const int Side = FrameGeometry.MaximumSide;
        FrameGeometry geometry = FrameGeometry.Create(Side, Side, Side, Side, FitPolicy.Exact);
        Assert.Equal(4L * Side * Side, geometry.SourceBytes);
        Assert.Equal(3L * Side * Side, geometry.NetworkValues);
    }

    private static void AssertCentredInside(PixelRectangle rectangle, int width, int height)
    {
        Assert.InRange(rectangle.Width, 1, width);
        Assert.InRange(rectangle.Height, 1, height);
        Assert.InRange(width - rectangle.Right - rectangle.X, 0, 1);
        Assert.InRange(height - rectangle.Bottom - rectangle.Y, 0, 1);
    }

    // One side fills the frame; the other is within half a pixel of the exact one (but at least a pixel).
    private static void AssertAspectWithinHalfAPixel(PixelRectangle rectangle, int aspectWidth, int aspectHeight)
    {
        double exactWidth = (double)rectangle.Height * aspectWidth / aspectHeight;
        double exactHeight = (double)rectangle.Width * aspectHeight / aspectWidth;
        Assert.True(
            Math.Abs(rectangle.Width - Math.Max(1, exactWidth)) <= 0.5 || Math.Abs(rectangle.Height - Math.Max(1, exactHeight)) <= 0.5,
            $"{rectangle} for {aspectWidth}x{aspectHeight}");
    }
}
