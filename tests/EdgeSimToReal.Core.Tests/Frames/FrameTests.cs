using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Core.Tests.Frames;

public sealed class FrameTests
{
    [Fact]
    public void Reshape_KeepsTheArraysWhileTheSizeHolds()
    {
        Frame frame = new(8, 6, withTags: true);
        (byte[] colours, byte[] tags) = (frame.Bgra, frame.Tags);
        frame.Reshape(8, 6, withTags: true);
        Assert.Same(colours, frame.Bgra);
        Assert.Same(tags, frame.Tags);
        frame.Reshape(6, 8, withTags: true); // as many pixels
        Assert.Same(colours, frame.Bgra);
        Assert.Equal((6, 8, 48), (frame.Width, frame.Height, frame.PixelCount));
    }

    [Fact]
    public void Reshape_MakesRoomForEverySize()
    {
        Frame frame = new(1, 1);
        Assert.False(frame.HasTags);
        foreach ((int width, int height, bool tags) in new[] { (4, 3, true), (40, 30, true), (5, 1, false), (5, 1, true), (2, 2, false) })
        {
            frame.Reshape(width, height, tags);
            Assert.Equal((width, height, tags), (frame.Width, frame.Height, frame.HasTags));
            Assert.Equal(width * height * 4, frame.Bgra.Length);
            Assert.Equal(tags ? width * height : 0, frame.Tags.Length);
        }
    }

    [Fact]
    public void ANewFrame_IsBlack_WhateverItsMemoryHeld()
    {
        for (int round = 0; round < 8; round++)
        {
            DropWhiteFrames();
            GC.Collect();
            List<Frame> frames = [.. Enumerable.Range(0, 20).Select(_ => new Frame(96, 48, withTags: true))];
            Assert.All(frames, frame => Assert.False(frame.Bgra.AsSpan().ContainsAnyExcept((byte)0)));
            Assert.All(frames, frame => Assert.False(frame.Tags.AsSpan().ContainsAnyExcept((byte)0)));
        }
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(-1, 5)]
    public void Reshape_RefusesNoPixels(int width, int height) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Frame(1, 1).Reshape(width, height));

    [Theory]
    [InlineData(40_000, 40_000)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(int.MaxValue / 4, 2)]
    public void Reshape_RefusesMoreThanAnArrayHolds_AndStaysAsItWas(int width, int height)
    {
        Frame frame = new(3, 2);
        Assert.Throws<OverflowException>(() => frame.Reshape(width, height));
        Assert.Equal((3, 2, 24), (frame.Width, frame.Height, frame.Bgra.Length));
    }

    [Fact]
    public void ThePixels_ArePinned()
    {
        Frame frame = new(64, 64, withTags: true);
        nint colours = Address(frame.Bgra), tags = Address(frame.Tags);
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        Assert.Equal((colours, tags), (Address(frame.Bgra), Address(frame.Tags)));
        Assert.Equal(GC.MaxGeneration, GC.GetGeneration(frame.Bgra)); // the pinned object heap reports the oldest generation

        static nint Address(byte[] array) => System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
    }

    [Fact]
    public void CopyIdentityFrom_CopiesAllButPixelsAndTags()
    {
        Frame from = new(2, 2) { Id = 7, SimulatedTime = 1.5, SensorPose = new Pose(1, 2, 3, 4, 5, 6), Name = "n" }, to = new(3, 3);
        from.Stamps.Captured = 9;
        to.CopyIdentityFrom(from);
        Assert.Equal((7ul, 1.5, new Pose(1, 2, 3, 4, 5, 6), "n"), (to.Id, to.SimulatedTime, to.SensorPose, to.Name));
        Assert.Equal(9, to.Stamps.Captured);
        Assert.Equal((3, 3), (to.Width, to.Height));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void DropWhiteFrames()
    {
        for (int i = 0; i < 20; i++)
        {
            Frame frame = new(96, 48, withTags: true);
            frame.Bgra.AsSpan().Fill(255);
            frame.Tags.AsSpan().Fill(255);
        }
    }
}
